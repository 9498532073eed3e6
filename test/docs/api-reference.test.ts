/**
 * docs/api.md says what the sources say, and the sources say something of everything that is public. Member by member
 * always; to the letter where the package has been built after the last change, as in CI.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { memberOf, oneLine, type PublicMember, type PublicType, publicApi, ROOT } from './public-api';

const PAGE = readFileSync(join(ROOT, 'docs', 'api.md'), 'utf8');
const RENEW = 'run `npm run docs`';

const sections = sectionsOf(PAGE);
const types = [...publicApi().values()];
const members = types.flatMap((type) => type.members.map((member) => [type, member] as const));

describe('everything public is documented', () => {
  test('there is a public API', () => {
    expect(types.length).toBeGreaterThan(35);
    expect(members.length).toBeGreaterThan(150);
    expect(publicApi().get('TrustDomainProps')).toMatchObject({ kind: 'interface' });
    expect(memberOf(publicApi().get('JwtAuthenticationProps')!, 'jwksUri')).toMatchObject({
      optional: true,
      default: '- `.well-known/jwks.json` below the issuer',
    });
  });

  test('every type, and every member, of its own or by what it implements', () => {
    expect(types.filter(({ doc }) => doc === '').map(({ name }) => name)).toEqual([]);
    const silent = members.filter(([type, member]) => docOf(type, member) === '');
    // What overrides a member of CDK has the words of CDK, on the page.
    expect(silent.filter(([type, member]) => !type.foreign || proseOf(type, member) === '').map(nameOf)).toEqual([]);
  });

  test('every optional prop says what happens without it, and no required one does', () => {
    const props = members.filter(([{ kind, name }]) => kind === 'interface' && !/^I[A-Z]/.test(name));
    expect(props.length).toBeGreaterThan(100);
    expect(props.filter(([, { optional, default: d }]) => optional && (d ?? '') === '').map(nameOf)).toEqual([]);
    expect(props.filter(([, { optional, default: d }]) => !optional && d !== undefined).map(nameOf)).toEqual([]);
  });
});

describe('docs/api.md', () => {
  test('has what the sources have, with the words of the sources', () => {
    const missing = members.flatMap(([type, member]) => {
      const section = sections.get(anchorOf(type, member));
      const said = section?.includes(oneLine(docOf(type, member)));
      const byDefault =
        member.default === undefined || section?.includes(`- *Default:* ${oneLine(plain(member.default))}`);
      return said && byDefault ? [] : [`${nameOf([type, member])}: ${RENEW}`];
    });
    expect(missing).toEqual([]);
  });

  test('has nothing that the sources do not have', () => {
    const described = [...sections.keys()].flatMap((anchor) => {
      const [, type = '', name = ''] = /^cdk-bulkhead\.(\w+)\.property\.(\w+)$/.exec(anchor) ?? [];
      return type === '' || name === 'node' ? [] : [[type, name] as const];
    });
    expect(described.length).toBeGreaterThan(150);
    const gone = described.filter(([type, name]) => {
      const declared = publicApi().get(type);
      return declared === undefined || (memberOf(declared, name) === undefined && !declared.foreign);
    });
    expect(gone.map(([type, name]) => `${type}.${name}: ${RENEW}`)).toEqual([]);
  });

  const assembly = join(ROOT, '.jsii');
  const fresh =
    existsSync(assembly) && sourcesOf('lib').every((file) => statSync(file).mtimeMs <= statSync(assembly).mtimeMs);

  (fresh ? test : test.skip)(
    'is what jsii-docgen writes of the built package',
    () => {
      mkdirSync(join(ROOT, '.cache'), { recursive: true });
      const output = join('.cache', 'api.md');
      const { status, stderr } = spawnSync(
        process.execPath,
        [
          join(ROOT, 'node_modules', 'jsii-docgen', 'bin', 'jsii-docgen'),
          '--language',
          'typescript',
          '--output',
          output,
        ],
        { cwd: ROOT, encoding: 'utf8' },
      );
      expect([status, stderr]).toEqual([0, '']);
      expect(readFileSync(join(ROOT, output), 'utf8') === PAGE ? 'fresh' : RENEW).toBe('fresh');
    },
    120_000,
  );
});

function docOf(type: PublicType, { name, doc }: PublicMember): string {
  if (doc !== '') return doc;
  return type.bases.map((base) => memberOf(publicApi().get(base)!, name)?.doc ?? '').find((d) => d !== '') ?? '';
}

/** What the page says of a member beside its signature and type. */
function proseOf(type: PublicType, member: PublicMember): string {
  const section = sections.get(anchorOf(type, member)) ?? '';
  return section.replace(/```.*?```|- \*Type:\* \S+|---/g, '').trim();
}

function nameOf([type, { name }]: readonly [PublicType, PublicMember]): string {
  return `${type.name}.${name}`;
}

function anchorOf({ name, kind }: PublicType, member: PublicMember): string {
  return `cdk-bulkhead.${name}.${member.kind === 'property' && kind !== 'enum' ? 'property.' : ''}${member.name}`;
}

/** `- …` says that what follows is no value. */
function plain(text: string): string {
  return text.replace(/^- /, '');
}

/** By anchor: the text up to the next heading, in one line. */
function sectionsOf(page: string): ReadonlyMap<string, string> {
  const parts = page.split(/^#{2,6} .*<a name="[^"]*" id="([^"]*)"><\/a>$/m);
  const found = new Map<string, string>();
  for (let i = 1; i < parts.length; i += 2) found.set(parts[i]!, oneLine(parts[i + 1] ?? ''));
  return found;
}

function sourcesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}
