/** A fixture for runs of the real CLI: `SCENARIO` names what is built, `VIOLATING` makes it a violation. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { App, Aspects, Stack, Stage } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CodePipeline, CodePipelineSource, ShellStep } from 'aws-cdk-lib/pipelines';
import { Bulkhead, SeparationOfDuties } from '../../../lib/enforce/bulkhead';
import { type Build, CONFIGURATION, Roles, rewrite, SCENARIOS } from './scenarios';

const CLI_SCENARIOS: Readonly<Record<string, Build>> = {
  ...SCENARIOS,

  "a pipeline's stage": (app, violating) => {
    // A pipeline that deploys as an administrator could act as everybody, and the clean app would be refused too.
    const bootstrapExecutionPolicies = ['arn:aws:iam::aws:policy/AmazonSNSFullAccess'];
    app.node.setContext('bulkhead', { ...CONFIGURATION.bulkhead, assume: { bootstrapExecutionPolicies } });
    const stack = new Stack(app, 'Pipeline');
    const source = CodePipelineSource.s3(new Bucket(stack, 'Source'), 'source.zip');
    const pipeline = new CodePipeline(stack, 'Pipeline', {
      synth: new ShellStep('Synth', { input: source, commands: ['true'] }),
    });
    const stage = new Stage(app, 'Prod');
    new Roles(new Stack(stage, 'Stack'), violating);
    pipeline.addStage(stage);
  },

  'an error that the app swallows': (app, violating) => {
    new Roles(new Stack(app, 'Stack'), violating);
    try {
      app.synth();
    } catch {
      // What a careless script does.
    }
  },

  'templates rewritten after synthesis': (app, violating) => {
    const stack = new Stack(app, 'Stack');
    new Roles(stack, false);
    app.synth();
    if (violating) rewrite(join(app.outdir, stack.templateFile));
  },

  'a second App in the process': (app, violating) => {
    new Roles(new Stack(app, 'Stack'), false);
    const second = new App({ context: CONFIGURATION, outdir: `${app.outdir}-second` });
    Bulkhead.enforce(second);
    new Roles(new Stack(second, 'Stack'), violating);
  },

  'an exception inside Bulkhead': (app, violating) => {
    new Roles(new Stack(app, 'Stack'), false);
    // The report cannot be written where a directory has its name.
    if (violating) mkdirSync(join(app.outdir, 'bulkhead-report.json'), { recursive: true });
  },

  'a configuration that names nothing': (app, violating) => {
    if (violating) app.node.setContext('bulkhead', { duties: { deploy: ['*Deploier*'] } });
    new Roles(new Stack(app, 'Stack'), false);
  },
};

const { SCENARIO = '', VIOLATING, REGISTER = 'enforce' } = process.env;
const build = CLI_SCENARIOS[SCENARIO];
if (build === undefined) throw new Error(`no scenario \`${SCENARIO}\``);
const app = new App({ context: CONFIGURATION });
if (REGISTER === 'aspect') Aspects.of(app).add(new SeparationOfDuties());
else Bulkhead.enforce(app);
build(app, VIOLATING === 'yes');
