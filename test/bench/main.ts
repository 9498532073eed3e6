/**
 * `npm run bench [-- SECTION…]`: measures what docs/performance.md promises. A section prints its
 * numbers beside their targets and says whether it met them; the exit status is 1 if one did not.
 */
import { run as authorizer } from './authorizer';
import { benchCatalogue } from './catalogue';
import { run as coldStart } from './cold-start';
import { benchGate } from './gate';
import { run as overlap } from './overlap';
import { run as reach } from './reach';
import { report } from './target';

/** True iff the targets were met; nothing for a section without targets. */
export type Section = () => boolean | undefined | Promise<boolean | undefined>;

const SECTIONS: Readonly<Record<string, Section>> = {
  overlap,
  reach,
  'cold-start': coldStart,
  authorizer,
  catalogue: () => {
    report(
      benchCatalogue().map(({ step, median }) => ({ what: `${step}, in a fresh process`, value: median, unit: 'ms' })),
    );
  },
  gate: () =>
    report(
      [3, 30, 100].map((domains) => {
        const { gate, synthesis } = benchGate(domains, 5);
        return { what: `cost of the gate, ${domains} domains`, value: (gate / synthesis) * 100, unit: '%', most: 10 };
      }),
    ),
};

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in SECTIONS));
  if (unknown.length > 0) {
    console.error(`got section \`${unknown.join('`, `')}\`, expected some of ${Object.keys(SECTIONS).join(', ')}`);
    return 2;
  }
  const missed: string[] = [];
  for (const [name, section] of Object.entries(SECTIONS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`\n== ${name}`);
    if ((await section()) === false) missed.push(name);
  }
  if (missed.length > 0) console.log(`\nmissed a target: ${missed.join(', ')}`);
  return missed.length === 0 ? 0 : 1;
}

let ended = false;
process.on('exit', () => {
  if (ended) return;
  console.error('the process ran out of work before the bench was over: something it waited for has died');
  process.exitCode = 1;
});

main(process.argv.slice(2)).then(
  (status) => {
    ended = true;
    process.exit(status);
  },
  (error: unknown) => {
    console.error(error);
    ended = true;
    process.exit(1);
  },
);
