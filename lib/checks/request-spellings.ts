/**
 * Requests to try a statement of AWS WAF with: such as API Gateway may take for a path, in spellings that a statement may not
 * have thought of. They show that a statement misses some; that it misses none is proved otherwise (seen-by-web-acl.ts).
 */

/** A segment that no author would write. */
const PROBE = 'bulkhead-probe';

/** A request that a route answers: `/orders/{id}` is asked for with some id. */
export function requestFor(route: string): string {
  return route
    .split('/')
    .map((segment) => (segment.startsWith('{') || segment === '*' || segment.includes('?') ? PROBE : segment))
    .join('/');
}

/** Requests that API Gateway routes below the path and nowhere else. */
export function requestsOnlyBelow(path: string): readonly string[] {
  return [`${path}/${PROBE}`, `${path}/${PROBE}/${PROBE}`];
}

/** Requests that API Gateway may route to the path, which begins where the gateway is reached: `/v1/partner`. It does not mind a slash at the end. */
export function spellingsOf(path: string): readonly string[] {
  return [path, `${path}/`, ...encodings(path), ...doubled(path)];
}

/** Requests that API Gateway may route below the path. */
export function spellingsBelow(path: string, elsewhere: string): readonly string[] {
  const up = (from: string) =>
    from
      .split('/')
      .slice(1)
      .map(() => '..')
      .join('/');
  return [
    ...requestsOnlyBelow(path),
    ...[...encodings(path), ...doubled(path)].map((spelt) => `${spelt}/${PROBE}`),
    // Whether dots are followed before the path is matched is not documented: either way it is this zone's.
    `${path}/${up(path)}${elsewhere}/${PROBE}`,
    `${elsewhere}/${up(elsewhere)}${path}/${PROBE}`,
    `/${PROBE}/..${path}/${PROBE}`,
    `/${PROBE}/%2e%2e${path}/${PROBE}`,
  ];
}

/** One character of the last segment, every other, and all. */
function encodings(path: string): readonly string[] {
  const last = path.lastIndexOf('/') + 1;
  const encode = (chosen: (at: number) => boolean, upper = false) =>
    [...path].map((c, at) => (c !== '/' && chosen(at) ? escaped(c, upper) : c)).join('');
  return [
    encode((at) => at === last),
    encode((at) => at === last + 1),
    encode((at) => at % 2 === 1, true),
    encode(() => true),
    encode(() => true, true),
  ];
}

function escaped(character: string, upper: boolean): string {
  const code = character.charCodeAt(0).toString(16).padStart(2, '0');
  return `%${upper ? code.toUpperCase() : code}`;
}

function doubled(path: string): readonly string[] {
  const last = path.lastIndexOf('/');
  return ['/', '/.'].map((more) => `${path.slice(0, last)}${more}${path.slice(last)}`);
}
