// Node.js 18 has the Web Crypto API of browsers only as a module.
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
