import { settings } from '../api/settings';
import { language } from './language';

const moneyFormat = new Intl.NumberFormat(language, {
  style: 'currency',
  currency: settings.currency,
  currencyDisplay: 'narrowSymbol',
});
const countFormat = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const shortFormat = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
const dayFormat = new Intl.DateTimeFormat(language, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const clockFormat = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** An amount, a number or a decimal as text, in the platform's currency. */
export const money = (amount: number | string): string => moneyFormat.format(Number(amount));
export const count = (number: number): string => countFormat.format(number);
/** 1.2K or 1.2천, for narrow places. */
export const shortCount = (number: number): string => shortFormat.format(number);
/** Weekday, day and time of an ISO time. */
export const dayAndTime = (iso: string): string => dayFormat.format(new Date(iso));
export const timeOfDay = (iso: string): string => clockFormat.format(new Date(iso));

/** 4:05 or 1:04:05; 0:00 if the time has passed. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number: number) => String(number).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
