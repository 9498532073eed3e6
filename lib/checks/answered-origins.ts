/**
 * Which origins an API answers scripts of, as far as its resources and its OpenAPI document say: headers that a mock
 * integration, a gateway answer or a response writes, response templates, and the CORS settings of HTTP APIs and function
 * URLs. What a backend answers itself is not seen.
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
import { isText, literal, show } from '../policy/text';
import { asText, flag, listed, member } from './settings';

export interface Answer {
  /** `*`: every origin; `?`: only the deployment knows which. */
  readonly origin: string;
  readonly credentials: boolean | 'unknown';
}

/** @param value properties of a resource, however deep the settings stand in them */
export function answersIn(value: unknown): readonly Answer[] {
  if (Array.isArray(value)) return value.flatMap(answersIn);
  if (typeof value !== 'object' || value === null || isText(value)) return [];
  const entries = Object.entries(value);
  return [
    ...headers(entries),
    ...settings(value),
    ...templates(entries, value),
    ...entries.flatMap(([, v]) => answersIn(v)),
  ];
}

/** `*`, a scheme with `*`, or a pattern in the place of a name. */
export function isEverybody(origin: string): boolean {
  return origin === '*' || /^https?:\/\/\*$/.test(origin) || origin === 'null';
}

const ALLOW_ORIGIN = /(^|\.)header\.access-control-allow-origin$/i;
const ALLOW_CREDENTIALS = /(^|\.)header\.access-control-allow-credentials$/i;

/** `method.response.header.…` and `gatewayresponse.header.…`: a constant in quotation marks, or where it comes from. */
function headers(entries: readonly (readonly [string, unknown])[]): readonly Answer[] {
  return entries
    .filter(([key, value]) => ALLOW_ORIGIN.test(key) && asText(value) !== undefined)
    .map(([, value]) => ({ origin: constant(value), credentials: credentialsIn(entries) }));
}

function constant(value: unknown): string {
  const known = isText(value) ? literal(value) : String(value);
  if (known === undefined) return '?';
  const [, quoted] = /^'(.*)'$/s.exec(known) ?? [];
  // `method.request.header.origin` repeats whatever asks.
  return quoted ?? (/(^|\.)request\.header\.origin$/i.test(known) ? '*' : known);
}

function credentialsIn(entries: readonly (readonly [string, unknown])[]): boolean | 'unknown' {
  const [, value] = entries.find(([key]) => ALLOW_CREDENTIALS.test(key)) ?? [];
  if (value === undefined) return false;
  const known = asText(value);
  const text = known === undefined ? undefined : literal(known);
  return text === undefined ? 'unknown' : text.replace(/'/g, '').toLowerCase() === 'true';
}

/** HTTP APIs in resources and documents, function URLs. */
function settings(value: object): readonly Answer[] {
  for (const [origins, credentials] of [
    ['AllowOrigins', 'AllowCredentials'],
    ['allowOrigins', 'allowCredentials'],
  ] as const) {
    const listedOrigins = member(value, origins);
    if (listedOrigins === undefined) continue;
    const allowed = flag(member(value, credentials));
    return listed(listedOrigins).map((one) => {
      const text = asText(one);
      return { origin: text === undefined ? '?' : (literal(text) ?? `?${show(text)}`), credentials: allowed };
    });
  }
  return [];
}

const OVERRIDE = /responseOverride\.header\.Access-Control-Allow-Origin/i;
const EXACT = /^\s*\$\w+ == "[^"*]*"(\s*\|\|\s*\$\w+ == "[^"*]*")*\s*$/;

/** A template that writes the header does so under a condition that lists exact origins, or for whoever asks. */
function templates(entries: readonly (readonly [string, unknown])[], whole: object): readonly Answer[] {
  return entries.flatMap(([, value]): readonly Answer[] => {
    const text = typeof value === 'string' || isText(value) ? asText(value) : undefined;
    if (text === undefined) return [];
    const written = show(text);
    const at = written.search(OVERRIDE);
    if (at < 0) return [];
    const [condition] = [...written.slice(0, at).matchAll(/#if\s*\(([^\n]*)\)\s*$/gm)].slice(-1);
    if (condition?.[1] !== undefined && EXACT.test(condition[1])) return [];
    const open = condition === undefined;
    return [{ origin: open ? '*' : '?', credentials: credentialsIn(Object.entries(whole)) }];
  });
}
