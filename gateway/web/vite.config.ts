import { defineConfig } from 'vitest/config';

/** One page for each address of the gateway; see PageRoutes. */
const PAGES = ['index.html', 'live.html', 'sign-in.html', 'studio.html'];

export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2022', // Safari 16.4, Chromium 94, Firefox 93
    modulePreload: { polyfill: false }, // all targets have it
    assetsInlineLimit: 0, // data: addresses would need exceptions in the content security policy
    chunkSizeWarningLimit: 700, // kilobytes; hls.js alone has 550 and is loaded only with a picture
    rollupOptions: { input: PAGES },
  },
  server: { host: '127.0.0.1', strictPort: true },
  test: { include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/testing/web-crypto.mjs'] },
});
