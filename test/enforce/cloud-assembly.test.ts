/** What the reader of cloud assemblies sees, of assemblies that CDK writes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  CfnResource,
  CfnStack,
  CliCredentialsStackSynthesizer,
  LegacyStackSynthesizer,
  NestedStack,
  Stack,
  type StackProps,
  Stage,
} from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { readCloudAssembly } from '../../lib/model/cloud-assembly';
import { InputError } from '../../lib/model/input-error';

beforeAll(() => {
  process.env.CDK_VALIDATION = 'false';
});
afterAll(() => {
  delete process.env.CDK_VALIDATION;
});

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'bulkhead-assembly-'));
});
afterEach(() => rmSync(outdir, { recursive: true }));

function read(build: (app: App) => void) {
  const app = new App({ outdir });
  build(app);
  return readCloudAssembly(app.synth().directory);
}

describe('a stack', () => {
  test('has its name, path, environment, template, construct paths and deployment roles', () => {
    const { templates, gaps } = read((app) => {
      const stack = new Stack(app, 'Payments', {
        stackName: 'pay',
        env: { account: '111122223333', region: 'eu-west-1' },
      });
      new Topic(stack, 'Topic');
    });
    expect(gaps).toEqual([]);
    expect(templates).toMatchObject([
      {
        stackName: 'pay',
        path: 'Payments',
        account: '111122223333',
        region: 'eu-west-1',
        template: { Resources: { TopicBFC7AF6E: { Type: 'AWS::SNS::Topic' } } },
        paths: { TopicBFC7AF6E: 'Payments/Topic/Resource' },
        deployment: {
          deployRoleArn: expect.stringContaining('cdk-hnb659fds-deploy-role-'),
          filePublishingRoleArn: expect.stringContaining('file-publishing-role'),
        },
      },
    ]);
  });

  test('without an environment has none, and without resources has an empty section of them', () => {
    const [template] = read((app) => void new Stack(app, 'Empty')).templates;
    expect(template).toMatchObject({ stackName: 'Empty', template: { Resources: {} } });
    expect(template).not.toHaveProperty('account');
    expect(template).not.toHaveProperty('region');
  });

  test('tells where in the code of the user each construct was made', () => {
    const { sources } = read((app) => void new Topic(new Stack(app, 'Stack'), 'Topic'));
    expect(sources.get('Stack/Topic/Resource')).toMatch(/^test\/enforce\/cloud-assembly\.test\.ts:\d+:\d+$/);
  });

  test('of a Stage, and of a Stage in it, is read through the nested assemblies', () => {
    const { templates } = read((app) => {
      const stage = new Stage(app, 'Prod');
      new Stack(stage, 'A');
      new Stack(new Stage(stage, 'Eu'), 'B');
    });
    expect(templates.map(({ stackName, path }) => [stackName, path]).sort()).toEqual([
      ['Prod-A', 'Prod/A'],
      ['Prod-Eu-B', 'Prod/Eu/B'],
    ]);
  });

  test('that an earlier run left behind is not read', () => {
    new App({ outdir });
    writeFileSync(join(outdir, 'Old.template.json'), '{"Resources":{}}');
    expect(read((app) => void new Stack(app, 'New')).templates.map(({ stackName }) => stackName)).toEqual(['New']);
  });
});

describe('nested stacks', () => {
  const SYNTHESIZERS: Readonly<Record<string, () => StackProps>> = {
    'the default synthesizer': () => ({}),
    'the default synthesizer, in an environment': () => ({ env: { account: '111122223333', region: 'eu-west-1' } }),
    'the legacy synthesizer': () => ({ synthesizer: new LegacyStackSynthesizer() }),
    'the synthesizer of CLI credentials': () => ({ synthesizer: new CliCredentialsStackSynthesizer() }),
  };

  test.each(Object.entries(SYNTHESIZERS))('are found with %s', (_, props) => {
    const { templates, gaps } = read((app) => {
      const outer = new NestedStack(new Stack(app, 'Stack', props()), 'Outer');
      new Topic(outer, 'Topic');
      new Topic(new NestedStack(outer, 'Inner'), 'Topic');
    });
    expect(gaps).toEqual([]);
    expect(templates.map(({ path }) => path)).toEqual(['Stack', 'Stack/Outer', 'Stack/Outer/Inner']);
    const [, outer, inner] = templates;
    expect(Object.values(outer!.paths!)).toContain('Stack/Outer/Topic/Resource');
    expect(Object.values(inner!.paths!)).toContain('Stack/Outer/Inner/Topic/Resource');
    expect(inner!.nestedIn).toEqual({ stackName: outer!.stackName, logicalId: expect.stringMatching(/^Inner/) });
  });

  test('with the same template in stacks of two environments are found in both', () => {
    const { templates, gaps } = read((app) => {
      for (const region of ['eu-west-1', 'eu-central-1']) {
        new Topic(
          new NestedStack(new Stack(app, region, { env: { account: '111122223333', region } }), 'Nested'),
          'Topic',
        );
      }
    });
    expect(gaps).toEqual([]);
    expect(templates).toHaveLength(4);
  });

  test.each([
    ['another place', (): unknown => 'https://s3.eu-west-1.amazonaws.com/elsewhere/template.json'],
    ['a parameter', (): unknown => ({ Ref: 'Url' })],
    ['a file of the assembly by name, on another host', (hash: string): unknown => `https://example.com/${hash}.json`],
    [
      'a file of the assembly by name, in another bucket',
      (hash: string): unknown => `https://s3.eu-west-1.amazonaws.com/elsewhere/${hash}.json`,
    ],
  ])('whose template lies at %s are a gap, whatever their metadata says', (_, url) => {
    const { gaps } = read((app) => {
      const stack = new Stack(app, 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
      new Topic(new NestedStack(stack, 'Nested'), 'Topic');
      app.synth();
      const { files } = JSON.parse(readFileSync(join(outdir, 'Stack.assets.json'), 'utf8')) as {
        files: Record<string, { source: { path: string } }>;
      };
      const [hash] = Object.entries(files).find(([, { source }]) => source.path.includes('.nested.'))!;
      const manifest = join(outdir, 'Stack.template.json');
      const template = JSON.parse(readFileSync(manifest, 'utf8')) as { Resources: Record<string, unknown> };
      template.Resources.Hidden = {
        Type: 'AWS::CloudFormation::Stack',
        Properties: { TemplateURL: url(hash) },
        Metadata: { 'aws:asset:path': Object.values(files)[0]!.source.path, 'aws:asset:property': 'TemplateURL' },
      };
      writeFileSync(manifest, JSON.stringify(template));
    });
    expect(gaps).toEqual([
      { path: 'Stack/Hidden', reason: expect.stringContaining('names no file of the cloud assembly') },
    ]);
  });

  test('of L1 with the URL of nothing are a gap', () => {
    const { gaps } = read((app) => {
      const stack = new Stack(app, 'Stack');
      new CfnStack(stack, 'Nested', { templateUrl: 'https://s3.amazonaws.com/b/k.json' });
      new CfnResource(stack, 'Other', { type: 'AWS::SNS::Topic' });
    });
    expect(gaps.map(({ path }) => path)).toEqual(['Stack/Nested']);
  });
});

describe('an unusable assembly is an error that names the file', () => {
  test.each([
    ['without a manifest', (): void => undefined, /cannot read `.*manifest\.json` of the cloud assembly \(ENOENT\)/],
    [
      'with a manifest that is no JSON',
      (): void => writeFileSync(join(outdir, 'manifest.json'), '{'),
      /manifest\.json` of the cloud assembly is not JSON/,
    ],
    [
      'with a manifest that is no object',
      (): void => writeFileSync(join(outdir, 'manifest.json'), '[]'),
      /manifest\.json` of the cloud assembly holds a list, expected an object/,
    ],
    [
      'without a template',
      (): void => {
        const stack = new Stack(new App({ outdir }), 'Stack');
        (stack.node.root as App).synth();
        rmSync(join(outdir, stack.templateFile));
      },
      /cannot read `.*Stack\.template\.json`/,
    ],
  ])('%s', (_, make, message) => {
    make();
    expect(() => readCloudAssembly(outdir)).toThrow(InputError);
    expect(() => readCloudAssembly(outdir)).toThrow(message);
  });
});
