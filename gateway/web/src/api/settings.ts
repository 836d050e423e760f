/** The platform's configuration for its pages, which PageSettings of the gateway serves. */
export interface Settings {
  /** ISO 4217 code of all amounts. */
  currency: string;
  /** `ko` or `en`, for users whose browser prefers neither. */
  language: string;
  guestsReadChat: boolean;
  developmentSignIn: boolean;
  /** The platform serves WHIP and WHEP, so a browser can publish and play by WebRTC. */
  webrtc: boolean;
}

const address = '/settings.js';
const module: Partial<Settings> = await import(/* @vite-ignore */ address).catch(() => ({}));

export const settings: Settings = {
  currency: module.currency ?? 'USD',
  language: module.language ?? 'en',
  guestsReadChat: module.guestsReadChat ?? false,
  developmentSignIn: module.developmentSignIn ?? false,
  webrtc: module.webrtc ?? false,
};
