/**
 * The rendered templates of one app, to be edited as whoever edits a template edits it. A copy: the app itself stays whole.
 */
import type { AnalysisInput } from '../../lib/report/analyse';
import type { Random } from '../fuzz/random';

export type Json = { [key: string]: unknown };

/** One resource of one template; what is changed is changed in the template. */
export class Resource {
  constructor(
    readonly template: Template,
    readonly id: string,
    readonly raw: Json,
  ) {}

  get type(): string {
    return String(this.raw.Type);
  }

  get properties(): Json {
    this.raw.Properties ??= {};
    return this.raw.Properties as Json;
  }

  /** `Metadata.bulkhead`. */
  get mark(): Json {
    return ((this.raw.Metadata as Json | undefined)?.bulkhead ?? {}) as Json;
  }

  get domain(): string | undefined {
    return this.mark.domain as string | undefined;
  }

  get ref(): Json {
    return { Ref: this.id };
  }

  att(name: string): Json {
    return { 'Fn::GetAtt': [this.id, name] };
  }

  /** The same value from another stack of the same place: exported by one, imported by the other. */
  from(other: Resource, value: unknown): unknown {
    if (other.template === this.template) return value;
    const name = `export-${this.id}-${JSON.stringify(value).replace(/\W/g, '')}`;
    this.template.outputs[`Out${name.replace(/\W/g, '')}`] = { Value: value, Export: { Name: name } };
    return { 'Fn::ImportValue': name };
  }

  unmark(): void {
    delete (this.raw.Metadata as Json | undefined)?.bulkhead;
  }

  remove(): void {
    delete this.template.resources[this.id];
  }

  /** Statements of a policy document at `property`, created where there is none. */
  statements(property: string): Json[] {
    const document = (this.properties[property] ?? { Version: '2012-10-17', Statement: [] }) as Json;
    this.properties[property] = document;
    document.Statement = [document.Statement].flat();
    return document.Statement as Json[];
  }
}

export class Template {
  constructor(
    readonly stackName: string,
    readonly account: string | undefined,
    readonly region: string | undefined,
    readonly nested: boolean,
    readonly json: Json,
  ) {}

  get resources(): { [id: string]: Json } {
    return this.json.Resources as { [id: string]: Json };
  }

  get outputs(): Json {
    this.json.Outputs ??= {};
    return this.json.Outputs as Json;
  }

  all(): Resource[] {
    return Object.entries(this.resources).map(([id, raw]) => new Resource(this, id, raw));
  }

  add(id: string, type: string, properties: Json, mark?: Json): Resource {
    const raw: Json = { Type: type, Properties: properties, ...(mark && { Metadata: { bulkhead: mark } }) };
    this.resources[id] = raw;
    return new Resource(this, id, raw);
  }
}

export class Templates {
  readonly templates: readonly Template[];
  /** Names of domains that share a gateway, and of the gateway's own. */
  private readonly sharing: ReadonlySet<unknown>;

  constructor(
    private readonly input: AnalysisInput,
    readonly random: Random,
  ) {
    this.templates = input.templates.map(
      ({ stackName, account, region, nestedIn, template }) =>
        new Template(stackName, account, region, nestedIn !== undefined, structuredClone(template) as Json),
    );
    const zones = this.all().map(({ mark }) => mark);
    this.sharing = new Set(
      zones.flatMap(({ domain, zones: shared }) =>
        shared === undefined ? [] : [domain, ...(shared as { domain: string }[]).map((zone) => zone.domain)],
      ),
    );
  }

  /** To be judged. */
  edited(): AnalysisInput {
    const templates = this.input.templates.map((of, i) => ({ ...of, template: this.templates[i]!.json }));
    return { ...this.input, templates };
  }

  all(type?: string): Resource[] {
    const all = this.templates.flatMap((template) => template.all());
    return type === undefined ? all : all.filter((resource) => resource.type === type);
  }

  /** What the constructs marked as this part, of domains with a gateway of their own. */
  parts(part: string): Resource[] {
    return this.all().filter(({ mark }) => mark.part === part && !this.sharing.has(mark.domain));
  }

  /** What the constructs marked as this part, of domains that share a gateway, and of the gateway. */
  shared(part: string): Resource[] {
    return this.all().filter(({ mark }) => mark.part === part && this.sharing.has(mark.domain));
  }

  /** One of them, at random; none leaves the app as it is. */
  any(resources: readonly Resource[]): Resource | undefined {
    return resources.length === 0 ? undefined : this.random.pick(resources);
  }

  /** The API of a domain, at random. */
  anApi(where: (api: Resource) => boolean = () => true): Resource | undefined {
    return this.any(this.parts('api').filter(where));
  }

  /** Resources of a part in two domains that stand in the same account and region, in different stacks. */
  twoOf(part: string): readonly [Resource, Resource] | undefined {
    return this.two(this.parts(part));
  }

  two(resources: readonly Resource[]): readonly [Resource, Resource] | undefined {
    const pairs = resources.flatMap((a) =>
      resources
        .filter((b) => a.domain !== undefined && b.domain !== undefined && a.domain !== b.domain && isNear(a, b))
        .map((b) => [a, b] as const),
    );
    return pairs.length === 0 ? undefined : this.random.pick(pairs);
  }

  role(of: Resource, duty: string): Resource {
    return this.dutyPart(of, duty, 'role');
  }

  remit(of: Resource, duty: string): Resource {
    return this.dutyPart(of, duty, 'boundary');
  }

  /** The domain's resource of that part, in the template of `of`. */
  part(of: Resource, part: string): Resource | undefined {
    return of.template.all().find(({ mark }) => mark.part === part && mark.domain === of.domain);
  }

  private dutyPart(of: Resource, duty: string, part: string): Resource {
    const found = of.template
      .all()
      .find(({ mark }) => mark.part === part && mark.duty === duty && mark.domain === of.domain);
    if (found === undefined) throw new Error(`no ${part} of ${duty} in ${of.template.stackName}`);
    return found;
  }
}

/** In one account and region, which the template says, and not nested: exports are of a whole account and region. */
function isNear(a: Resource, b: Resource): boolean {
  const [one, other] = [a.template, b.template];
  return one.account !== undefined && one.account === other.account && one.region === other.region;
}
