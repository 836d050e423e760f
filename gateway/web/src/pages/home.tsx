import { FrontPage } from '../home/front-page';
import { HomePage } from '../home/home-page';
import { renderPage } from '../ui/render-page';

const page = new FrontPage();
renderPage(<HomePage page={page} />);
page.start();
