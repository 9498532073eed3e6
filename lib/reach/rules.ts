/**
 * All rules together, asked from the side of the actor: whom can it become? What it can change about
 * those that it already acts as is in edits.ts.
 *
 * Rows that both edit a principal and become it are left out: becoming it is one step and editing it
 * another, so reach finds them as two (test/reach/paths.test.ts has a case for every such row). Rows that
 * need a trust policy to admit the actor are all of `sts:AssumeRole`, and are in assume.ts.
 */
import type { EscalationPath } from '../catalog/escalation-paths';
import type { Principal } from '../model/model';
import type { Catalogue } from '../policy/catalogue';
import type { Actor } from './actor';
import type { Oracle } from './ask';
import { ASSUME_ROLE } from './assume';
import { holderOf, newcomerOf } from './beyond';
import { Edits, isEdit } from './edits';
import { Rule, RulesByAction } from './rule';
import { type Step, stepOf } from './step';
import { Subjects } from './subjects';
import { principalOf, type Subject, Targets } from './targets';
import type { World } from './world';
import { Writers } from './writers';

export class Rules {
  private readonly becoming: RulesByAction;
  /** Those whose requests several actors can share. */
  private readonly shared: RulesByAction;
  readonly edits: Edits;
  private readonly subjects: Subjects;
  private readonly byClass = new Map<string, readonly Step[]>();

  constructor(
    world: World,
    private readonly oracle: Oracle,
    catalogue: Catalogue,
    paths: readonly EscalationPath[],
  ) {
    const targets = new Targets(world, catalogue);
    const writers = new Writers(world);
    this.subjects = new Subjects(world, oracle, targets);
    const ruleOf = (path: EscalationPath): Rule => new Rule(path, oracle, targets, writers);
    // Few requests first: the simplest way to reach somebody is the one that is shown.
    const sorted = [...paths].sort((a, b) => a.requests.length - b.requests.length);
    const becoming = sorted.filter((p) => becomes(p)).map(ruleOf);
    this.becoming = new RulesByAction(becoming, oracle);
    this.shared = new RulesByAction(
      becoming.filter(({ path }) => path.requests.length > 1),
      oracle,
    );
    this.edits = new Edits(world, new RulesByAction(sorted.filter(isEdit).map(ruleOf), oracle));
  }

  /** Whom the actor can become by itself, other than by assuming a role. The same for all actors of its class. */
  arrivals(actor: Actor): readonly Step[] {
    let steps = this.byClass.get(actor.class);
    if (steps === undefined) {
      const alone = [actor];
      const rules = actor.principal.kind === 'external' ? [] : this.becoming.firing(alone);
      steps = rules.length === 0 ? NOWHERE : [...this.stepsOf(rules, alone, () => false)];
      this.byClass.set(actor.class, steps);
    }
    return steps;
  }

  /** Whom the actors can become together, each making some of the requests, a fresh one at least one. `reached` are left out. */
  *together(actors: readonly Actor[], fresh: readonly Actor[], reached: (p: Principal) => boolean): Iterable<Step> {
    const some = this.oracle.allowing(fresh);
    for (const rule of this.shared.firing(actors)) {
      if (!rule.mightMakeIn(some)) continue;
      const makers = actors.filter((a) => rule.mightMake(a));
      if (makers.length > 1) yield* this.stepsOf([rule], makers, reached);
    }
  }

  /** @param rules that the makers might fire */
  private *stepsOf(
    rules: readonly Rule[],
    makers: readonly Actor[],
    reached: (p: Principal) => boolean,
  ): Iterable<Step> {
    const sure = new Set<string>();
    for (const rule of rules) {
      for (const subject of this.subjects.of(rule.path, makers)) {
        const whom = this.reachedBy(rule.path, subject, makers[0]!).filter(
          // Who holds a resource by its policy would come to hold it again.
          (p) => !sure.has(p.id) && !reached(p) && !(subject.kind === 'resource' && p.id === makers[0]!.principal.id),
        );
        const permits = whom.length === 0 ? undefined : rule.fire(subject, makers);
        if (permits === undefined) continue;
        for (const to of whom) {
          const step = stepOf(rule.path, permits, to, subject);
          if (step.undecided === undefined) sure.add(to.id);
          yield step;
        }
      }
    }
  }

  private reachedBy({ reached }: EscalationPath, subject: Subject, maker: Actor): readonly Principal[] {
    switch (subject.kind) {
      case 'account':
        return [newcomerOf(subject.account, maker.principal, subject.boundary)];
      case 'resource':
        return [holderOf(subject.resource, maker)];
      case 'principal':
      case 'runner':
      case 'unseen':
        return reached.kind === 'principal' && reached.of !== (principalOf(subject)!.kind === 'user' ? 'user' : 'role')
          ? []
          : [principalOf(subject)!];
    }
  }
}

const NOWHERE: readonly Step[] = [];

/** True iff a rule of its own finds what the row reaches. */
function becomes(path: EscalationPath): boolean {
  const { reached, requests } = path;
  if (isEdit(path) || reached.kind === 'principal-any') return false;
  return !(reached.kind === 'principal' && requests.some((r) => r.action === ASSUME_ROLE));
}
