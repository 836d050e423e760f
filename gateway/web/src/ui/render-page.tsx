import { type ComponentChild, render } from 'preact';
import { language } from '../i18n/language';
import { startClock } from './now';
import './theme.css';

/** Shows a page, and starts the clock of its countdowns. */
export function renderPage(page: ComponentChild): void {
  document.documentElement.lang = language;
  startClock();
  render(page, document.body);
}
