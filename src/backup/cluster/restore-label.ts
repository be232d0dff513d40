/** On every container of a cluster that was made from a backup: which restore made it. By it a restore knows its own half-made work. */
export const restoreLabel = 'rekindle.dev/restore';
