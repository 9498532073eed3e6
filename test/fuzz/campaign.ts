/**
 * Verdicts of the engine against an independent simulator. For a pair called disjoint, requests are
 * sampled near the boundary of both policies: none may be allowed on both sides. For a pair
 * called overlapping, the witness must be allowed on both. The same for subset.
 *
 * A judgement is one request judged by the simulator for one principal. Where the simulator departs
 * from AWS's documentation (docs/simulator-deviations.md), a disagreement is counted under the
 * deviation that explains it, and only if `evaluate` decides it as the engine did.
 */
import type { Catalogue } from '../../lib/policy/catalogue';
import { evaluate } from '../../lib/policy/evaluate';
import { overlap } from '../../lib/policy/overlap';
import { subset } from '../../lib/policy/subset';
import { deviationsOf } from '../policy/simulator-deviations';
import { ActionIndex } from './actions';
import { KINDS, type Kind, type Pair, PairSource, type Side } from './pairs';
import type { PoliciesJson, RequestJson } from './policies-json';
import { Random } from './random';
import { RequestSampler, withStatementsAbout } from './sample-request';
import { questionAbout, simulatorAllows } from './simulator';

export interface Report {
  judgements: number;
  /** Judgements that came out allowed: the sampler's aim. */
  allowed: number;
  pairs: number;
  /** `kind question verdict` → pairs. */
  readonly verdicts: Record<string, number>;
  /** Witnesses replayed in the simulator. */
  witnesses: number;
  /** `evaluate` compared with the simulator on sampled requests. */
  compared: number;
  /** Deviation → disagreements that it explains. */
  readonly explained: Record<string, number>;
  /** Disagreements that nothing explains, as JSON to paste into a test. */
  readonly failures: string[];
}

export function emptyReport(): Report {
  return { judgements: 0, allowed: 0, pairs: 0, verdicts: {}, witnesses: 0, compared: 0, explained: {}, failures: [] };
}

export function addTo(total: Report, part: Report): void {
  total.judgements += part.judgements;
  total.allowed += part.allowed;
  total.pairs += part.pairs;
  total.witnesses += part.witnesses;
  total.compared += part.compared;
  for (const [name, n] of Object.entries(part.verdicts)) total.verdicts[name] = (total.verdicts[name] ?? 0) + n;
  for (const [name, n] of Object.entries(part.explained)) total.explained[name] = (total.explained[name] ?? 0) + n;
  total.failures.push(...part.failures);
}

/** How often each kind of pair is drawn. */
const WEIGHTS: Readonly<Record<Kind, number>> = {
  managed: 20,
  narrowed: 15,
  generated: 50,
  constructed: 10,
  corpus: 5,
};
const REQUESTS_PER_PAIR = 150;
const MOST_FAILURES = 20;

/** What is under test; a broken one shows that a campaign can fail. */
export interface Engine {
  readonly overlap: typeof overlap;
  readonly subset: typeof subset;
}

export class Campaign {
  private report: Report = emptyReport();
  private readonly reduced = new WeakMap<Side, Map<string, PoliciesJson>>();
  private readonly random: Random;
  private readonly pairs: PairSource;
  private readonly index: ActionIndex;
  private readonly kinds = KINDS.flatMap((kind) => Array.from({ length: WEIGHTS[kind] }, () => kind));

  constructor(
    private readonly catalogue: Catalogue,
    readonly seed: number,
    private readonly engine: Engine = { overlap, subset },
  ) {
    this.random = new Random(seed);
    this.index = new ActionIndex(catalogue);
    this.pairs = new PairSource(catalogue, this.index, this.random);
  }

  /** Runs until there are at least so many judgements more, or too many failures to read. */
  run(judgements: number): Report {
    this.report = emptyReport();
    while (this.report.judgements < judgements && this.report.failures.length < MOST_FAILURES) {
      const pair = this.pairs.pair(this.random.pick(this.kinds));
      this.report.pairs++;
      if (this.random.chance(0.75)) this.checkOverlap(pair);
      else this.checkSubset(pair);
    }
    return this.report;
  }

  private checkOverlap(pair: Pair): void {
    const { a, b } = pair;
    const found = this.engine.overlap(a.compiled, b.compiled, this.catalogue);
    this.count(pair, 'overlap', found.verdict);
    if (found.verdict === 'overlap') {
      const { action, resource, contextA, contextB } = found.witness;
      this.replay(pair, 'A must allow the witness', a, { action, resource, context: contextA }, true);
      this.replay(pair, 'B must allow the witness', b, { action, resource, context: contextB }, true);
    } else if (found.verdict === 'disjoint') {
      this.sample(pair, (action, resource, contextA, contextB) => {
        const [one, other] = [
          { side: a, request: { action, resource, context: contextA } },
          { side: b, request: { action, resource, context: contextB } },
        ];
        if (!this.allows(one.side, one.request) || !this.allows(other.side, other.request)) return;
        this.disagreement(pair, 'disjoint, and both allow', [
          [one.side, one.request, true],
          [other.side, other.request, true],
        ]);
      });
    }
  }

  private checkSubset(pair: Pair): void {
    const { a, b } = pair;
    const found = this.engine.subset(a.compiled, b.compiled, this.catalogue);
    this.count(pair, 'subset', found.verdict);
    if (found.verdict === 'not-subset') {
      this.replay(pair, 'A must allow the witness', a, found.witness, true);
      this.replay(pair, 'B must not allow the witness', b, found.witness, false);
    } else if (found.verdict === 'subset') {
      this.sample(pair, (action, resource, context) => {
        const request = { action, resource, context };
        if (!this.allows(a, request) || this.allows(b, request)) return;
        this.disagreement(pair, 'subset, and only A allows', [
          [a, request, true],
          [b, request, false],
        ]);
      });
    }
  }

  private sample(
    { a, b }: Pair,
    judge: (
      action: string,
      resource: string,
      contextA: RequestJson['context'],
      contextB: RequestJson['context'],
    ) => void,
  ): void {
    const sampler = new RequestSampler(a, b, this.index, this.random);
    for (let i = 0; i < REQUESTS_PER_PAIR; i++) {
      const drawn = sampler.sample();
      if (drawn !== undefined) judge(drawn.action, drawn.resource, drawn.contextA, drawn.contextB);
    }
  }

  private allows(side: Side, request: RequestJson): boolean {
    this.report.judgements++;
    const allowed = simulatorAllows(this.about(side, request.action), request);
    if (allowed) this.report.allowed++;
    if (this.random.chance(0.02)) {
      this.report.compared++;
      if (simulatorAllows(side.json, request) !== allowed)
        this.fail('statements about other actions decide', { policies: side.json, request });
      if (evaluatedAllows(side, request) !== allowed)
        this.explain('evaluate against the simulator', side, request, allowed);
    }
    return allowed;
  }

  /**
   * The policies without the statements that do not name the action, which the simulator would read
   * at length and pass over; one judgement in fifty checks that against the whole policies.
   */
  private about(side: Side, action: string): PoliciesJson {
    let reduced = this.reduced.get(side);
    if (reduced === undefined) {
      reduced = new Map();
      this.reduced.set(side, reduced);
    }
    const key = action.toLowerCase();
    let policies = reduced.get(key);
    if (policies === undefined) {
      policies = withStatementsAbout(side, key, this.index);
      reduced.set(key, policies);
    }
    return policies;
  }

  private replay(pair: Pair, what: string, side: Side, request: RequestJson, expected: boolean): void {
    this.report.judgements++;
    this.report.witnesses++;
    if (simulatorAllows(side.json, request) !== expected) this.disagreement(pair, what, [[side, request, !expected]]);
  }

  /** The simulator contradicts the engine by what it says of these requests. */
  private disagreement(pair: Pair, what: string, said: readonly (readonly [Side, RequestJson, boolean])[]): void {
    const wrong = said.filter(([side, request, allowed]) => evaluatedAllows(side, request) !== allowed);
    const [first] = wrong;
    // Where `evaluate` sees it as the simulator does, the engine contradicts both.
    if (first === undefined)
      this.fail(what, {
        kind: pair.kind,
        a: pair.a.json,
        b: pair.b.json,
        request: said[0]?.[1],
        context: said[1]?.[1].context,
      });
    else this.explain(what, ...first);
  }

  private explain(what: string, side: Side, request: RequestJson, simulator: boolean): void {
    const [deviation] = deviationsOf(questionAbout(side.json, request));
    if (deviation === undefined)
      this.fail(`${what}; evaluate and the simulator differ`, { policies: side.json, request, simulator });
    else this.report.explained[deviation.id] = (this.report.explained[deviation.id] ?? 0) + 1;
  }

  private fail(what: string, details: object): void {
    this.report.failures.push(`${what}: ${JSON.stringify(details)}`);
  }

  private count(pair: Pair, question: string, verdict: string): void {
    const name = `${pair.kind} ${question} ${verdict}`;
    this.report.verdicts[name] = (this.report.verdicts[name] ?? 0) + 1;
  }
}

function evaluatedAllows(side: Side, request: RequestJson): boolean {
  return evaluate({ policies: side.policies, request }).decision === 'allowed';
}
