/** Which actions are made on resources whose ARNs name a service: what may meet a territory, before the engine is asked. */
import { splitText } from '../model/text-key';
import { ActionIndex, ActionSet, futureActions } from '../policy/action-set';
import type { Catalogue } from '../policy/catalogue';
import type { Statement } from '../policy/document';
import { literal, text } from '../policy/text';
import type { Actions } from './beginnings';
import { SelectedActions } from './check';

/** The service that the ARNs of a statement name first. */
export function serviceOf({ resource }: Statement): string | undefined {
  const [pattern] = resource?.patterns ?? [];
  const service = pattern === undefined ? undefined : splitText(pattern, ':')?.[2];
  return service === undefined ? undefined : literal(service);
}

/** The actions that are made on resources with ARNs of a service; most are of the service itself, some are not. */
export class ActionsTaking implements Actions {
  private readonly future: SelectedActions;
  private readonly answers = new Map<Actions, boolean>();

  /** @param service as ARNs name it; absent: any */
  constructor(
    private readonly service: string | undefined,
    private readonly services: ServicesTaken,
    catalogue: Catalogue,
  ) {
    const selection = { not: false, patterns: [text(`${service ?? '*'}:*`)] };
    const later = futureActions(selection, ActionIndex.of(catalogue));
    this.future = new SelectedActions({ known: ActionSet.empty(), future: later });
  }

  meets(other: Actions): boolean {
    if (!(other instanceof SelectedActions)) return true;
    let answer = this.answers.get(other);
    if (answer === undefined) {
      answer = this.isMetBy(other);
      this.answers.set(other, answer);
    }
    return answer;
  }

  private isMetBy(other: SelectedActions): boolean {
    if (this.future.futureMeets(other)) return true;
    // Of a service that no action is known to take anything may be made.
    if (this.service === undefined || !this.services.areTaken(this.service)) return !other.known.isEmpty;
    for (const action of other.known) if (this.services.of(action).has(this.service)) return true;
    return false;
  }
}

/** The services that ARNs of an action's resources name. */
export class ServicesTaken {
  private readonly known = new WeakMap<object, ReadonlySet<string>>();
  private readonly taken = new Map<string, boolean>();

  constructor(private readonly catalogue: Catalogue) {}

  of(action: number): ReadonlySet<string> {
    const formats = this.catalogue.resourceFormats(action);
    let named = this.known.get(formats);
    if (named === undefined) {
      named = new Set(
        formats.flatMap((f) => arnService(f.parts.map((p) => (typeof p === 'string' ? p : '?')).join('')) ?? []),
      );
      this.known.set(formats, named);
    }
    return named;
  }

  /** True iff some action is made on resources of the service. */
  areTaken(service: string): boolean {
    let taken = this.taken.get(service);
    if (taken === undefined) {
      const own = ActionIndex.of(this.catalogue).select({ not: false, patterns: [text(`${service}:*`)] });
      const takes = (action: number): boolean => this.of(action).has(service);
      taken = [...own].some(takes) || Array.from(this.catalogue.actions, (_, action) => action).some(takes);
      this.taken.set(service, taken);
    }
    return taken;
  }
}

function arnService(format: string): string | undefined {
  const service = format.split(':')[2];
  return service === undefined || /[?*]/.test(service) ? undefined : service;
}
