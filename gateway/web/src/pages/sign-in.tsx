import { SignInPage } from '../sign-in/sign-in-page';
import { renderPage } from '../ui/render-page';

renderPage(<SignInPage />);
