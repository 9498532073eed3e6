/**
 * How long a check of a whole estate takes, closure included, and how that grows: 300 to 10,000 roles in domains of
 * ten, from rendered templates to the findings of all checks, each size in a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { runChecks } from '../../lib/checks/run-checks';
import { buildModel } from '../../lib/model/build-model';
import { estate } from '../reach/estate';
import { report } from './target';

const SIZES = [300, 1_000, 3_000, 10_000];
const ROLES_A_DOMAIN = 10;
/** Time over n log n may grow by this factor from the smallest size to the largest. */
const GROWTH = 1.5;

interface Cost {
  readonly roles: number;
  /** Seconds. */
  readonly model: number;
  readonly checks: number;
  readonly cpu: number;
  /** The most memory that the process ever held, in MB. */
  readonly memory: number;
  readonly findings: number;
}

function measure(roles: number): Cost {
  const { templates, configuration } = estate(roles / ROLES_A_DOMAIN);
  const [start, before] = [performance.now(), process.cpuUsage().user];
  const model = buildModel(templates, configuration);
  const built = performance.now();
  const findings = runChecks(model).length;
  return {
    roles,
    model: (built - start) / 1000,
    checks: (performance.now() - built) / 1000,
    cpu: (process.cpuUsage().user - before) / 1e6,
    memory: process.resourceUsage().maxRSS / 1024,
    findings,
  };
}

function measureApart(roles: number): Cost {
  const tsx = join(__dirname, '..', '..', 'node_modules', '.bin', 'tsx');
  const { status, stdout, stderr } = spawnSync(tsx, [__filename, String(roles)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${roles} roles: ended with status ${status}: ${stderr.slice(0, 2000)}`);
  return JSON.parse(stdout) as Cost;
}

/** Prints the costs; true iff the targets of 3,000 roles and of the growth are met, and the clean estate has no finding. */
export function run(): boolean {
  const costs = SIZES.map(measureApart);
  const [first] = costs;
  const steps = (c: Cost): number => c.roles * Math.log2(c.roles);
  console.log('     roles    model s   checks s      cpu s   memory MB   times the smallest   n log n');
  for (const c of costs) {
    const grown = c.cpu / first!.cpu;
    const columns = [
      c.roles.toLocaleString('en'),
      ...[c.model, c.checks, c.cpu, c.memory, grown, steps(c) / steps(first!)].map((n) => n.toFixed(2)),
    ];
    const [roles, model, checks, cpu, memory, times, nLogN] = columns as [string, ...string[]];
    console.log(
      `${roles.padStart(10)} ${model!.padStart(10)} ${checks!.padStart(10)} ${cpu!.padStart(10)} ${memory!.padStart(11)} ${times!.padStart(20)} ${nLogN!.padStart(9)}`,
    );
  }
  const target = costs.find((c) => c.roles === 3_000)!;
  const last = costs.at(-1)!;
  return report([
    { what: 'check of 3,000 roles', value: target.model + target.checks, unit: 's', most: 5 },
    { what: 'memory of that check', value: target.memory, unit: 'MB', most: 1024 },
    {
      what: 'growth to 10,000 roles, over n log n',
      value: last.cpu / first!.cpu / (steps(last) / steps(first!)),
      unit: '',
      most: GROWTH,
    },
    { what: 'findings in the clean estates', value: costs.reduce((n, c) => n + c.findings, 0), unit: '', most: 0 },
  ]);
}

if (require.main === module) process.stdout.write(JSON.stringify(measure(Number(process.argv[2]))));
