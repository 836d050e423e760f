/** The address and key for an encoder, in the forms in which encoders ask for them. */
export interface PublishAddresses {
  /** The server, without the key. */
  server: string;
  /** The key with its token, which is as secret as a password. */
  key: string;
  /** Server and key in one address, for apps with a single field. */
  address: string;
  /** A link that configures Larix Broadcaster, an encoder app for phones, which its QR code does, too. */
  larixLink: string;
}

interface PublishAccess {
  rtmpUrl: string;
  publishKey: string;
  title: string;
}

export function publishAddresses({ rtmpUrl, publishKey, title }: PublishAccess): PublishAddresses {
  const server = rtmpUrl.replace(/\?.*$/, '').replace(/\/$/, ''); // The token is part of the key.
  const address = `${server}/${publishKey}`;
  const connection = { 'conn[][url]': address, 'conn[][name]': title };
  const fields = Object.entries(connection).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return { server, key: publishKey, address, larixLink: `larix://set/v1?${fields.join('&')}` };
}
