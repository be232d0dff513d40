/** Label and taint of the nodes that the infrastructure program keeps for databases. */
export const databasePool = { label: 'rekindle.dev/pool', taint: 'dedicated', value: 'database' } as const;
