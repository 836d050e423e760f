import { useEffect, useRef } from 'preact/hooks';
import { PageHeader } from '../ui/page-header';
import { nextPath } from './next-path';
import { texts } from './texts';
import './sign-in.css';

/** The development sign-in: a form that the gateway answers with the cookies of any user. */
export function SignInPage() {
  const user = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = texts.title;
    user.current?.focus();
  }, []);
  return (
    <>
      <PageHeader />
      <main class="sign-in">
        <form class="panel" method="post" action="/dev/sign-in">
          <h1>{texts.signIn}</h1>
          <p class="warning">
            <strong>{texts.warningTitle}</strong> {texts.warning}
          </p>
          <label for="user">{texts.userId}</label>
          <input
            ref={user}
            id="user"
            name="user"
            required
            maxLength={64}
            pattern="[!-~]+"
            title={texts.userIdRule}
            placeholder="u1"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
          />
          <label for="name">{texts.name}</label>
          <input
            id="name"
            name="name"
            required
            maxLength={100}
            pattern=".*\S.*"
            title={texts.nameRule}
            placeholder="Kim"
            autocomplete="nickname"
          />
          <fieldset>
            <legend>{texts.role}</legend>
            <label>
              <input type="radio" name="role" value="USER" defaultChecked /> {texts.viewer}
            </label>
            <label>
              <input type="radio" name="role" value="ADMIN" /> {texts.admin}
            </label>
          </fieldset>
          <input type="hidden" name="next" value={nextPath(location.search)} />
          <button class="button" type="submit">
            {texts.signIn}
          </button>
        </form>
      </main>
    </>
  );
}
