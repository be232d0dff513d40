/** Import rules: what keeps judging pure and the parts replaceable. */
const judging =
  '^src/(domain|diagnose|faults|plan|report|harden/(fields|measures|scripts)|export/strip|readiness/(checks|cluster|format|judging|production))/';
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: '^src/', pathNot: '^src/domain/' },
    },
    {
      name: 'judging-does-no-io',
      comment: 'Checks, guards and reports get data and give data.',
      severity: 'error',
      from: { path: judging, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(act|adapters|observe|verify|app|cli|ports)/', pathNot: '^src/ports/clock' },
    },
    {
      name: 'judging-uses-no-node-io',
      severity: 'error',
      from: { path: judging, pathNot: '\\.test\\.ts$' },
      to: { path: '^(node:)?(fs|net|tls|http|https|dns|child_process|process|@kubernetes/.*|pg)(/|$)' },
    },
    {
      name: 'only-wire-builds-adapters',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters|app/wire|app/clock)|\\.test\\.ts$' },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'src-stands-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(lab|bench|scripts|test)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
