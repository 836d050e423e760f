import { expect, test } from 'vitest';
import { publishAddresses } from './publish-addresses';

const session = { rtmpUrl: 'rtmp://host:1935/live?token=T', publishKey: 'KEY?token=T', title: 'Cups & bowls' };

test('tokenIsInTheKeyAlone', () => {
  expect(publishAddresses(session)).toMatchObject({
    server: 'rtmp://host:1935/live',
    key: 'KEY?token=T',
    address: 'rtmp://host:1935/live/KEY?token=T',
  });
});

test('larixLinkCarriesAddressAndName', () => {
  const [scheme, fields] = publishAddresses(session).larixLink.split('?');
  expect(scheme).toBe('larix://set/v1');
  const parameters = new URLSearchParams(fields);
  expect(parameters.get('conn[][url]')).toBe('rtmp://host:1935/live/KEY?token=T');
  expect(parameters.get('conn[][name]')).toBe('Cups & bowls');
});
