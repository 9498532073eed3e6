/**
 * One domain is flooded, and another serves: its web ACL live, through the emulator's gateway, which counts requests by
 * address as AWS does; and web ACL and throttle of the stage, which the emulator has not, as `defences.ts` decides.
 */
import { type Arrival, Defences } from './defences';
import { type Row, row } from './evidence';
import { bearer, type Opened } from './gateway';
import { stackOf } from './place';
import type { World } from './world';

const [FLOODED, OTHER] = ['public', 'partner'] as const;
export const [ATTACKER, CUSTOMER] = ['203.0.113.7', '198.51.100.23'];
const SERVES = 'turned away with 429 beyond the limit; the other serves';

interface RateRule {
  readonly Name: string;
  readonly Statement: { readonly RateBasedStatement?: { readonly Limit: number } };
}

function limitOf(world: World, domain: string): number {
  const rules = world.only(stackOf(domain), 'AWS::WAFv2::WebACL').properties.Rules as unknown as readonly RateRule[];
  const limit = rules.find(({ Statement }) => Statement.RateBasedStatement !== undefined)?.Statement.RateBasedStatement;
  if (limit === undefined) throw new Error(`the web ACL of \`${domain}\` has no rate rule`);
  return limit.Limit;
}

/** From the templates alone. */
export function floodsOnPaper(world: World): readonly Row[] {
  return [oneAddress(world), manyAddresses(world)];
}

function oneAddress(world: World): Row {
  const defences = new Defences(world);
  const limit = limitOf(world, FLOODED);
  // A minute, evenly, and slowly enough for the throttle of the stage.
  const arrive = (domain: string, address: string, at: number): number =>
    defences.answer({ stack: stackOf(domain), method: 'GET', address, at });
  const spacing = 60 / (2 * limit);
  const answers = Array.from({ length: 2 * limit }, (_, i) => arrive(FLOODED, ATTACKER, i * spacing));
  const others = [arrive(OTHER, ATTACKER, 60), arrive(FLOODED, CUSTOMER, 61)];
  return judged('in a minute', 'the web ACL', answers, limit, others, 'simulated');
}

function manyAddresses(world: World): Row {
  const defences = new Defences(world);
  const seconds = 10;
  const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = settingOf(world, FLOODED);
  const arrivals: Arrival[] = Array.from({ length: 10 * rate * seconds }, (_, i) => ({
    stack: stackOf(FLOODED),
    method: 'GET',
    address: `198.18.${Math.floor(i / 250) % 250}.${i % 250}`,
    at: i / (10 * rate),
  }));
  const meanwhile: number[] = [];
  const answers = arrivals.map((arrival, i) => {
    if (i % rate === 0) meanwhile.push(defences.answer({ ...arrival, stack: stackOf(OTHER), address: CUSTOMER }));
    return defences.answer(arrival);
  });
  const served = answers.filter((status) => status === 200).length;
  const most = burst + rate * seconds;
  const expected = 'turned away with 429 beyond rate and burst; the other serves';
  const held = served <= most && answers.every((s) => s === 200 || s === 429) && meanwhile.every((s) => s === 200);
  return row('D9', `\`${FLOODED}\` is flooded from ${arrivals.length} addresses, each below the limit`, 'simulated', {
    expected,
    observed: held ? expected : `${served} of ${answers.length} served, ${most} may be; the other: ${meanwhile}`,
    twin: { what: `${burst} at once are served`, holds: answers.slice(0, burst).every((s) => s === 200) },
  });
}

function settingOf(world: World, domain: string) {
  const stage = world.only(stackOf(domain), 'AWS::ApiGateway::Stage');
  return (stage.properties.MethodSettings as readonly unknown[])[0] as {
    readonly ThrottlingRateLimit: number;
    readonly ThrottlingBurstLimit: number;
  };
}

function judged(
  when: string,
  by: string,
  answers: readonly number[],
  limit: number,
  others: readonly number[],
  how: Row['how'],
): Row {
  const turnedAway = answers.slice(limit).every((status) => status === 429);
  const othersServed = others.every((status) => status === 200);
  return row('D9', `\`${FLOODED}\` is flooded ${when} from one address: ${by}`, how, {
    expected: SERVES,
    observed:
      turnedAway && othersServed ? SERVES : `beyond the limit ${counts(answers.slice(limit))}; others ${others}`,
    twin: {
      what: `up to the limit of ${limit} it answers; \`${OTHER}\` serves the same address, \`${FLOODED}\` another`,
      holds: othersServed && answers.slice(0, limit).every((status) => status !== 429),
    },
  });
}

function counts(statuses: readonly number[]): string {
  return [...new Set(statuses)].map((s) => `${s}: ${statuses.filter((t) => t === s).length}`).join(', ');
}

/** What a flood got for answers, and its row. */
export interface Flood {
  readonly row: Row;
  readonly answers: readonly number[];
}

/** The flood itself carries no token: a web ACL stands before the authorizer. */
export async function liveFlood({ world, gateway, tokens }: Opened): Promise<Flood> {
  // Whence a request comes the emulator takes from this header.
  const call = async (domain: 'partner' | 'public', address: string, headers = {}): Promise<number> =>
    (await gateway.call(domain, 'GET', '/orders', { 'x-forwarded-for': address, ...headers })).status;
  const limit = limitOf(world, FLOODED);
  const answers: number[] = [];
  for (let i = 0; i < limit + 200; i++) answers.push(await call(FLOODED, ATTACKER));
  const others = [
    await call(OTHER, ATTACKER, bearer(tokens[OTHER])),
    await call(FLOODED, CUSTOMER, bearer(tokens[FLOODED])),
  ];
  return { answers, row: judged('through the gateway', 'the web ACL', answers, limit, others, 'live') };
}
