/** The build without subtitles, alternate audio and DRM, which a live show has not: 40 % smaller. Its types are the same. */
declare module 'hls.js/light' {
  export * from 'hls.js';
  export { default } from 'hls.js';
}
