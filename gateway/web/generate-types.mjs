// Writes src/generated from gateway/asyncapi.yaml and the OpenAPI documents of the services, so that no type of an event
// or of a REST body is written twice.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import openapiTypeScript, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';

const OUTPUT = new URL('src/generated/', import.meta.url);
const OPENAPI = new URL('../../infrastructure/contracts/openapi/', import.meta.url);
const ASYNCAPI = new URL('../asyncapi.yaml', import.meta.url);

/** The frames of `/ws` as one schema in each direction, whose `event` or `type` determines the payload. */
function eventSchemas({ channels, components }) {
  const payloads = Object.values(channels.live.messages).map((message) => message.payload);
  const isFromServer = (payload) => payload.properties?.event !== undefined;
  const schemas = {
    ...components.schemas,
    ServerFrame: { oneOf: payloads.filter(isFromServer) },
    ClientFrame: { oneOf: payloads.filter((payload) => !isFromServer(payload)) },
  };
  return { openapi: '3.1.0', info: { title: 'events', version: '1' }, paths: {}, components: { schemas } };
}

async function write(name, document) {
  const types = astToString(await openapiTypeScript(document, { alphabetize: true, defaultNonNullable: false }));
  writeFileSync(new URL(`${name}.ts`, OUTPUT), types);
}

rmSync(OUTPUT, { recursive: true, force: true });
mkdirSync(OUTPUT, { recursive: true });
await write('events', eventSchemas(parse(readFileSync(ASYNCAPI, 'utf8'))));
for (const file of readdirSync(OPENAPI).filter((file) => file.endsWith('.yaml'))) {
  await write(file.replace('.yaml', ''), parse(readFileSync(new URL(file, OPENAPI), 'utf8')));
}
