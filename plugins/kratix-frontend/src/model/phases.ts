import { attentionRank, phases } from '@kratix-ts/backstage-plugin-kratix-common';

/** Every phase, those that need somebody first. */
export const PHASES = [...phases].sort((a, b) => attentionRank(a) - attentionRank(b));
