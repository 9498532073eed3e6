/**
 * A cloud assembly (`cdk.out`) as rendered templates: everything that the CDK CLI would deploy from
 * the directory, nested assemblies and nested stacks included, and nothing else that lies in it.
 *
 * Read from the manifests, never from the construct tree: what is analysed is what is deployed.
 * A template that the manifests call for but that is not in the assembly is a gap, and a gap is
 * never a pass. The format is that of the package `@aws-cdk/cloud-assembly-schema`.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { InputError } from './input-error';
import { describe, isObject } from './json';
import type { Deployment, RenderedTemplate } from './rendered-template';
import type { AssetSource } from './secrets';

/** By construct path: the user's file, line and column that created it, where CDK recorded one. Read when it is asked for. */
export interface Sources {
  get(constructPath: string): string | undefined;
}

export interface AssemblyContents {
  readonly templates: readonly RenderedTemplate[];
  readonly sources: Sources;
  /** Stacks whose template cannot be seen. */
  readonly gaps: readonly Gap[];
  /** Every file that was judged, with the SHA-256 of what was read, in hexadecimal digits. */
  readonly digests: ReadonlyMap<string, string>;
  /** What the CLI uploads beside the templates: code of functions, files, the folders of images. */
  readonly assets: readonly AssetSource[];
}

export interface Gap {
  /** Construct path of the stack. */
  readonly path: string;
  readonly reason: string;
}

type Json = Readonly<Record<string, unknown>>;
type KnownStack = Omit<RenderedTemplate, 'template' | 'file' | 'paths'> & { readonly path: string };

/** What the asset manifests of one directory say. */
interface Assets {
  /** By content hash, which stands in the URL of a nested template. */
  readonly files: Map<string, { readonly file: string; readonly buckets: readonly string[] }>;
  filePublishingRoleArn?: string;
  imagePublishingRoleArn?: string;
}

/** What one stack's metadata says of its constructs; those of a nested stack stand in its parent's. */
interface Constructs {
  /** By construct path of the stack: logical id to construct path. */
  readonly paths: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Construct path of a stack to its template file. */
  readonly templateFiles: ReadonlyMap<string, string>;
}

export function readCloudAssembly(directory: string): AssemblyContents {
  const reader = new AssemblyReader();
  reader.readAssembly(directory);
  return reader;
}

class AssemblyReader implements AssemblyContents {
  public readonly templates: RenderedTemplate[] = [];
  public readonly gaps: Gap[] = [];
  public readonly digests = new Map<string, string>();
  private readonly uploads = new Map<string, AssetSource>();
  /** Of the stacks, what may tell who created their constructs: metadata, or files of it that nobody has read. */
  private readonly metadata: (Json | { readonly unread: string })[] = [];
  private created: ReadonlyMap<string, string> | undefined;
  public readonly sources: Sources = {
    get: (constructPath) => {
      this.created ??= sourcesIn(this.metadata.map((one) => (isUnread(one) ? readIfPossible(one.unread) : one)));
      return this.created.get(constructPath);
    },
  };

  public get assets(): readonly AssetSource[] {
    const read = new Set([...this.digests.keys()].map((file) => resolve(file)));
    return [...this.uploads.values()].filter(({ path }) => !read.has(path));
  }

  /** @param stage the path of the CDK Stage; undefined for what the app holds itself */
  public readAssembly(directory: string, stage?: string): void {
    const artifacts = Object.entries(record(this.readJson(join(directory, 'manifest.json')).artifacts)).map(
      ([id, value]) => ({ id, artifact: record(value), properties: record(record(value).properties) }),
    );
    const stacks = new Map(
      artifacts.flatMap(({ id, artifact }) =>
        artifact.type === 'aws:cloudformation:stack' ? [[id, string(artifact.displayName) ?? id] as const] : [],
      ),
    );
    const assets: Assets = { files: new Map() };
    for (const { artifact, properties } of artifacts) {
      const file = string(properties.file);
      if (artifact.type === 'cdk:asset-manifest' && file) this.readAssets(join(directory, file), assets);
    }
    for (const { id, artifact, properties } of artifacts) {
      const nested = string(properties.directoryName);
      if (artifact.type === 'aws:cloudformation:stack') {
        const after = Array.isArray(artifact.dependencies) ? artifact.dependencies : [];
        const dependsOn = after.flatMap((other: unknown) => (typeof other === 'string' && stacks.get(other)) || []);
        this.readStack(directory, id, artifact, properties, assets, { stage, dependsOn });
      } else if (artifact.type === 'cdk:cloud-assembly' && nested)
        this.readAssembly(join(directory, nested), string(properties.displayName) ?? nested.replace(/^assembly-/, ''));
    }
  }

  private readStack(
    directory: string,
    id: string,
    artifact: Json,
    properties: Json,
    assets: Assets,
    { stage, dependsOn }: Pick<RenderedTemplate, 'stage' | 'dependsOn'>,
  ): void {
    const path = string(artifact.displayName) ?? id;
    const file = string(properties.templateFile);
    if (!file) {
      this.gaps.push({ path, reason: 'the manifest names no template file for it' });
      return;
    }
    const template = this.readJson(join(directory, file));
    const metadata = { ...record(artifact.metadata) };
    const metadataFile = string(artifact.additionalMetadataFile);
    if (metadataFile) {
      // Half of an assembly are such files. What they say of resources a template mostly says itself.
      if (isAnnotated(template)) this.metadata.push({ unread: join(directory, metadataFile) });
      else Object.assign(metadata, this.readJson(join(directory, metadataFile)));
    }
    this.metadata.push(metadata);
    const [, account, region] = /^aws:\/\/([^/]*)\/([^/]*)$/.exec(string(artifact.environment) ?? '') ?? [];
    this.readTemplate(
      {
        stackName: string(properties.stackName) ?? id,
        path,
        ...(account && account !== 'unknown-account' && { account }),
        ...(region && region !== 'unknown-region' && { region }),
        ...(stage !== undefined && { stage }),
        ...(dependsOn !== undefined && dependsOn.length > 0 && { dependsOn }),
        deployment: deploymentRoles(properties, assets),
      },
      { file: join(directory, file), template },
      constructsIn(metadata, directory, assets),
      assets,
      [],
    );
  }

  /** The template and, through its `AWS::CloudFormation::Stack` resources, those nested in it. */
  private readTemplate(
    stack: KnownStack,
    { file, template }: { readonly file: string; readonly template: Json },
    constructs: Constructs,
    assets: Assets,
    parents: readonly string[],
  ): void {
    const paths = constructs.paths.get(stack.path) ?? annotated(template);
    // CDK leaves the section out of a stack without resources; CloudFormation would refuse it, the CLI skips it.
    this.templates.push({ ...stack, template: { ...template, Resources: template.Resources ?? {} }, file, paths });
    for (const [logicalId, value] of Object.entries(record(template.Resources))) {
      const resource = record(value);
      if (resource.Type !== 'AWS::CloudFormation::Stack') continue;
      const resourcePath = paths[logicalId] ?? annotation(resource) ?? `${stack.path}/${logicalId}`;
      const path = pathOfNestedStack(resourcePath);
      const nestedFile = fileOfNestedStack(resource, assets);
      if (nestedFile === undefined) {
        const url = JSON.stringify(record(resource.Properties).TemplateURL ?? null);
        this.gaps.push({
          path: resourcePath,
          reason: `its TemplateURL \`${url}\` names no file of the cloud assembly`,
        });
        continue;
      }
      const nested = {
        ...stack,
        path,
        stackName: `${stack.stackName}-${logicalId}`,
        nestedIn: { stackName: stack.stackName, logicalId },
      };
      const above = [...parents, file];
      if (above.includes(nestedFile)) {
        this.gaps.push({ path, reason: `its template \`${nestedFile}\` is nested in itself` });
        continue;
      }
      const inner = { file: nestedFile, template: this.readJson(nestedFile) };
      this.readTemplate(nested, inner, constructs, assets, above);
    }
  }

  private readAssets(file: string, assets: Assets): void {
    const manifest = this.readJson(file);
    for (const [hash, value] of Object.entries(record(manifest.files))) {
      assets.filePublishingRoleArn ??= publishingRole(value);
      const path = string(record(record(value).source).path);
      const buckets = destinations(value).flatMap(({ bucketName }) => string(bucketName) ?? []);
      if (!path) continue;
      this.upload(resolve(dirname(file), path), value, hash);
      // Stacks of several environments share a template's hash, and differ in the bucket.
      const others = assets.files.get(hash)?.buckets ?? [];
      assets.files.set(hash, { file: join(dirname(file), path), buckets: [...others, ...buckets] });
    }
    for (const [hash, value] of Object.entries(record(manifest.dockerImages))) {
      assets.imagePublishingRoleArn ??= publishingRole(value);
      const folder = string(record(record(value).source).directory);
      if (folder) this.upload(resolve(dirname(file), folder), value, hash);
    }
  }

  private upload(path: string, asset: unknown, hash: string): void {
    if (!this.uploads.has(path)) this.uploads.set(path, { path, name: string(record(asset).displayName) ?? hash });
  }

  private readJson(file: string): Json {
    let contents: Buffer;
    try {
      contents = readFileSync(file);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new InputError(`cannot read \`${file}\` of the cloud assembly (${code}): synthesize the app again`, file);
    }
    this.digests.set(file, createHash('sha256').update(contents).digest('hex'));
    let value: unknown;
    try {
      value = JSON.parse(contents.toString('utf8'));
    } catch (error) {
      throw new InputError(`\`${file}\` of the cloud assembly is not JSON (${(error as Error).message})`, file);
    }
    if (isObject(value)) return value;
    throw new InputError(`\`${file}\` of the cloud assembly holds ${describe(value)}, expected an object`, file);
  }
}

/** Construct path of a resource, as CDK writes it into the template. */
function annotation(resource: Json): string | undefined {
  return string(record(resource.Metadata)['aws:cdk:path']);
}

function annotated(template: Json): Readonly<Record<string, string>> {
  const paths: Record<string, string> = {};
  for (const [logicalId, value] of Object.entries(record(template.Resources))) {
    const path = annotation(record(value));
    if (path !== undefined) paths[logicalId] = path;
  }
  return paths;
}

/** Whether the template says of all its resources where they stand; of templates that are nested in it, it says too little. */
function isAnnotated(template: Json): boolean {
  return Object.values(record(template.Resources))
    .map(record)
    .every((resource) => annotation(resource) !== undefined && resource.Type !== 'AWS::CloudFormation::Stack');
}

function constructsIn(metadata: Json, directory: string, assets: Assets): Constructs {
  const templateFiles = new Map<string, string>();
  const elements: [path: string, logicalId: string][] = [];
  for (const { path, type, data } of entriesOf(metadata)) {
    if (type === 'aws:cdk:logicalId' && typeof data === 'string') elements.push([path, data]);
    else if (type === 'aws:cdk:templateFile' && typeof data === 'string') templateFiles.set(path, data);
    else if (type === 'aws:cdk:asset') {
      // The legacy synthesizer has no asset manifest; its assets stand in the stack's metadata.
      const { sourceHash, path: file } = record(data);
      if (typeof sourceHash === 'string' && typeof file === 'string') {
        assets.files.set(sourceHash, { file: join(directory, file), buckets: [] });
      }
    }
  }
  const paths = new Map<string, Record<string, string>>();
  for (const [path, logicalId] of elements) {
    let stack = path;
    while (stack !== '' && !templateFiles.has(stack)) stack = stack.slice(0, Math.max(0, stack.lastIndexOf('/')));
    const ids = paths.get(stack);
    if (ids === undefined) paths.set(stack, { [logicalId]: path });
    else ids[logicalId] = path;
  }
  return { paths, templateFiles };
}

function* entriesOf(
  metadata: Json,
): Generator<{ readonly path: string; readonly type: unknown; readonly data: unknown }> {
  for (const [key, entries] of Object.entries(metadata)) {
    const path = key.replace(/^\//, '');
    for (const { type, data } of Array.isArray(entries) ? entries.map(record) : []) yield { path, type, data };
  }
}

function sourcesIn(all: readonly Json[]): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  // Few lines of code create all the constructs.
  const places = new Map<string, string | undefined>();
  const placeIn = (frames: readonly unknown[]): string | undefined => {
    for (const frame of frames) {
      const line = String(frame);
      if (!places.has(line)) places.set(line, placeOf(line));
      const place = places.get(line);
      // The first frame in the user's code.
      if (place !== undefined) return place;
    }
    return undefined;
  };
  for (const { path, type, data } of all.flatMap((metadata) => [...entriesOf(metadata)])) {
    const place = type === 'aws:cdk:creationStack' && Array.isArray(data) ? placeIn(data) : undefined;
    if (place !== undefined) sources.set(path, place);
  }
  return sources;
}

function isUnread(metadata: Json | { readonly unread: string }): metadata is { readonly unread: string } {
  return typeof metadata.unread === 'string';
}

/** Nothing but a place to look at is lost without it, and no finding may be. */
function readIfPossible(file: string): Json {
  try {
    return record(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

/**
 * The file that the CLI uploads to where `TemplateURL` points: the content hash stands in the URL, or in
 * the names of the parameters that the legacy synthesizer makes, and so does the bucket. Nothing that
 * the template says about itself (`aws:asset:path`) is believed.
 */
function fileOfNestedStack(resource: Json, assets: Assets): string | undefined {
  const url = JSON.stringify(record(resource.Properties).TemplateURL ?? null);
  const hashes = new Set(url.match(/[0-9a-f]{64}/g));
  if (hashes.size !== 1 || !/^("|\{"Fn::(Join|Sub)":(\["",\[)?")https:\/\/s3\./.test(url)) return undefined;
  const asset = assets.files.get([...hashes][0]!);
  if (asset === undefined) return undefined;
  return asset.buckets.length === 0 || asset.buckets.some((bucket) => url.includes(bucket)) ? asset.file : undefined;
}

/** `NestedStack` makes the resource `X.NestedStack/X.NestedStackResource` beside the construct `X`. */
function pathOfNestedStack(resourcePath: string): string {
  return /^(.*)\.NestedStack\/[^/]*\.NestedStackResource$/.exec(resourcePath)?.[1] ?? resourcePath;
}

function deploymentRoles(properties: Json, assets: Assets): Deployment {
  const deployRoleArn = string(properties.assumeRoleArn);
  const executionRoleArn = string(properties.cloudFormationExecutionRoleArn);
  const lookupRoleArn = string(record(properties.lookupRole).arn);
  const { filePublishingRoleArn, imagePublishingRoleArn } = assets;
  return {
    ...(deployRoleArn && { deployRoleArn }),
    ...(executionRoleArn && { executionRoleArn }),
    ...(lookupRoleArn && { lookupRoleArn }),
    ...(filePublishingRoleArn && { filePublishingRoleArn }),
    ...(imagePublishingRoleArn && { imagePublishingRoleArn }),
  };
}

/** The directory of this library, whose frames tell the user nothing. */
const LIBRARY = `${dirname(__dirname)}${sep}`;

/** `bin/app.ts:12:3` of a frame in the user's code; CDK folds frames of packages into lines without a position. */
function placeOf(frame: string): string | undefined {
  const place = /\(([^()]+:\d+:\d+)\)$/.exec(frame)?.[1];
  if (place === undefined || place.startsWith(LIBRARY)) return undefined;
  const near = relative(process.cwd(), place);
  return near.startsWith('..') ? place : near;
}

function destinations(asset: unknown): Json[] {
  return Object.values(record(record(asset).destinations)).map(record);
}

function publishingRole(asset: unknown): string | undefined {
  return destinations(asset)
    .map(({ assumeRoleArn }) => string(assumeRoleArn))
    .find((role) => role !== undefined);
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
