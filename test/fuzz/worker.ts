/** One process of a campaign: runs its share in portions and reports each. Started by `main.ts`. */
import { awsCatalogue } from '../../lib/catalog/catalogue';
import { Campaign } from './campaign';

export interface Share {
  readonly seed: number;
  readonly judgements: number;
}

const PORTION = 5_000;

process.once('message', (share: Share) => {
  const campaign = new Campaign(awsCatalogue(), share.seed);
  let left = share.judgements;
  const next = (): void => {
    const report = campaign.run(Math.min(PORTION, left));
    left -= report.judgements;
    process.send?.(report, () => {
      if (left > 0 && report.failures.length === 0) next();
      else process.disconnect();
    });
  };
  next();
});
