/**
 * `bulkhead who-can`: every principal that can make a request, by itself or as somebody else, with the chain, the
 * statements and the context in which it may. Reach finds them (lib/reach); this names what was asked about and
 * says what was found.
 */
import { awsCatalogue } from '../catalog/catalogue';
import { buildModel } from '../model/build-model';
import { NO_CONFIGURATION, parseConfiguration } from '../model/configuration';
import { InputError } from '../model/input-error';
import type { Assumption, Model } from '../model/model';
import type { Context } from '../policy/document';
import { explain } from '../policy/explain';
import { overlap } from '../policy/overlap';
import { suggestion } from '../policy/parse-value';
import { substitutePolicies } from '../policy/substitute';
import { literal, show, type Text, text } from '../policy/text';
import { chainOf } from '../reach/closure';
import { nameOf } from '../reach/diff';
import { type Granted, grantsToOthers } from '../reach/diff-resources';
import { showGains } from '../reach/gains';
import { type Capability, reachOf } from '../reach/reach';
import { requests } from '../reach/requests';
import type { AnalysisInput, AnalysisOptions } from './analyse';
import { type ChainEntry, linkEntry } from './chain';

export interface WhoCanReport {
  readonly schemaVersion: 1;
  readonly action: string;
  readonly resource: string;
  readonly principals: readonly WhoCanEntry[];
  /** Parts of the app that no template shows: others there might be able to. */
  readonly gaps: readonly { readonly path: string; readonly reason: string }[];
  readonly assumptions: readonly Assumption[];
}

export interface WhoCanEntry {
  readonly principal: string;
  readonly path: string;
  readonly kind: string;
  readonly domain: string | null;
  readonly duty: string | null;
  /** By itself, or as another. */
  readonly how: 'direct' | 'chain' | 'undecided';
  readonly as?: string;
  readonly chain: readonly ChainEntry[];
  /** The request of the witness. */
  readonly request?: { readonly action: string; readonly resource: string };
  /** What the context of the request must be like: the witness's. */
  readonly context?: Context;
  readonly explanation: readonly string[];
  readonly reason?: string;
}

/** @throws InputError when the configuration, a template, the action or the resource cannot be used */
export function whoCan(
  action: string,
  resource: string,
  input: AnalysisInput,
  { configuration, source }: Omit<AnalysisOptions, 'partial'>,
): WhoCanReport {
  const catalogue = awsCatalogue();
  requireAction(action);
  const parsed = configuration === undefined ? NO_CONFIGURATION : parseConfiguration(configuration, source);
  const model = buildModel(input.templates, parsed, { partial: true });
  const asked = resourceOf(resource, model);
  const reach = reachOf(model, catalogue);
  const others = [...grantsToOthers(model).values()].flatMap((granted) => grantedEntry(granted, action, asked));
  const entries = [...reach.whoCan(action, asked).map(entryOf), ...others];
  const rank = { direct: 0, chain: 1, undecided: 2 } as const;
  return {
    schemaVersion: 1,
    action,
    resource: show(asked),
    principals: entries.sort((a, b) => rank[a.how] - rank[b.how] || (a.principal < b.principal ? -1 : 1)),
    gaps: [...(input.gaps ?? []), ...(model.gaps ?? [])],
    assumptions: [...model.assumptions, ...reach.assumptions],
  };
}

function requireAction(action: string): void {
  if (!/^[^:\s]+:[^:\s]+$/.test(action))
    throw new InputError(`the action \`${action}\`: expected \`service:Action\`, such as \`s3:GetObject\``);
  const wanted = action.toLowerCase();
  if (/[*?]/.test(wanted) || awsCatalogue().actionId(wanted) !== undefined) return;
  const actions = [...awsCatalogue().actions];
  const service = actions.filter((name) => name.toLowerCase().startsWith(`${wanted.split(':')[0]}:`));
  const hint = suggestion(action, service.length > 0 ? service : actions, 'see the Service Authorization Reference');
  throw new InputError(`the action \`${action}\`: expected an action of AWS; ${hint}`);
}

/** An ARN, a pattern, or a resource of the templates by construct path, `STACK/LogicalId` or physical name. */
function resourceOf(given: string, model: Model): Text {
  if (given === '*' || given.startsWith('arn:') || given.startsWith('*')) return text(given);
  const trimmed = given.replace(/\/(Resource|Default)$/, '');
  const found = [...model.resources, ...model.principals].filter(
    ({ id, origin, arn }) =>
      id === given || origin.path.replace(/\/(Resource|Default)$/, '') === trimmed || nameIn(arn) === given,
  );
  const arns = [
    ...new Map(found.flatMap(({ arn }) => (arn === undefined ? [] : [[show(arn), arn] as const]))).values(),
  ];
  const [only] = arns;
  if (arns.length === 1 && only !== undefined) return only;
  if (arns.length > 1)
    throw new InputError(
      `the resource \`${given}\`: several have that name (${found.map((f) => `\`${f.id}\``).join(', ')}); give \`STACK/LogicalId\` or the ARN`,
    );
  throw new InputError(
    `the resource \`${given}\`: expected an ARN, \`*\`, or a resource of the templates by construct path, \`STACK/LogicalId\` or name`,
  );
}

function nameIn(arn: Text | undefined): string | undefined {
  const whole = arn === undefined ? undefined : literal(arn);
  return whole?.split(/[:/]/).at(-1);
}

/** Everybody, another account or a service, whom the policy of a resource lets in. */
function grantedEntry({ principal, policies }: Granted, action: string, resource: Text): WhoCanEntry[] {
  const verdict = overlap(policies, requests(action, { not: false, patterns: [resource] }), awsCatalogue());
  const { id, kind } = principal;
  const entry = { principal: id, path: id, kind, domain: null, duty: null, chain: [], explanation: [] };
  switch (verdict.verdict) {
    case 'disjoint':
      return [];
    case 'undecided':
      return [{ ...entry, how: 'undecided', reason: verdict.reason }];
    case 'overlap': {
      const { action: asked, resource: on, contextA, holes = {} } = verdict.witness;
      const request = { action: asked, resource: on, context: contextA };
      const filled = substitutePolicies(policies, new Map(Object.entries(holes)));
      return [
        {
          ...entry,
          how: 'direct',
          request: { action: asked, resource: on },
          context: contextA,
          explanation: explain(filled, request, `\`${id}\``),
        },
      ];
    }
  }
}

function entryOf({ principal, closure, as, witness, undecided }: Capability): WhoCanEntry {
  const chain = chainOf(closure, as).map(linkEntry);
  const { domain = null, duty = null, kind, id } = principal;
  const gains = showGains(as.actor.gains);
  const actor = `${nameOf(as.actor.principal)}${gains === '' ? '' : ` ${gains}`}`;
  return {
    principal: id,
    path: nameOf(principal),
    kind,
    domain,
    duty,
    how: undecided !== undefined ? 'undecided' : chain.length === 0 ? 'direct' : 'chain',
    ...(chain.length === 0 ? {} : { as: actor }),
    chain,
    ...(witness && { request: { action: witness.action, resource: witness.resource }, context: witness.contextA }),
    explanation:
      witness === undefined
        ? []
        : explain(
            substitutePolicies(as.actor.policies, new Map(Object.entries(witness.holes ?? {}))),
            { action: witness.action, resource: witness.resource, context: witness.contextA },
            `\`${actor}\``,
          ),
    ...(undecided === undefined ? {} : { reason: undecided }),
  };
}
