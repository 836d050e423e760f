import { textsOf } from '../i18n/language';

export const texts = textsOf({
  en: {
    signIn: 'Sign in',
    signedInAs: 'Signed in as',
    changeUser: 'Sign in as another user',
  },
  ko: {
    signIn: '로그인',
    signedInAs: '로그인됨:',
    changeUser: '다른 사용자로 로그인',
  },
});
