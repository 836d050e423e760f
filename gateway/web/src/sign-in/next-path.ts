/** The path to return to after the sign-in, if it is one of ours: "//host" and "/\host" would lead to another site. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  // A control character is ignored by browsers, so that "/\t/host" would be "//host".
  return /^\/(?![/\\])[\x20-\x7e]*$/.test(next) ? next : '/';
}
