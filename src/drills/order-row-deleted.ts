import { literal, primaryPod, sql } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { shop } from './shop.ts';

async function onOrders(lab: DrillLab, statement: string): Promise<string> {
  return sql(lab, await primaryPod(lab), statement, shop.ordersDatabase);
}

/**
 * Positive control of the ledger: the newest customer's order disappears behind the shop's back. The stack stays
 * healthy, so nothing but the ledger can notice.
 */
export const orderRowDeleted = defineDrill({
  id: 'order-row-deleted',
  title: 'An order that was acknowledged is deleted from its table',
  inject: async (lab) => {
    const newest = `select max(id) from ${shop.ordersTable}`;
    const row = await onOrders(
      lab,
      `delete from ${shop.ordersTable} o where id = (${newest}) returning to_jsonb(o)`,
    );
    if (row === '') throw new Error('there is no order to delete');
    return { cut: 'none', facts: { row } };
  },
  proof: async (lab, { facts }) => {
    const { id } = JSON.parse(facts['row'] ?? '') as { id: number };
    const left = await onOrders(lab, `select count(*) from ${shop.ordersTable} where id = ${id}`);
    return { proven: left === '0', evidence: `${left} rows with id ${id}` };
  },
  expectedFindings: [],
  undo: async (lab, { facts }) => {
    const row = literal(facts['row'] ?? '');
    await onOrders(
      lab,
      `insert into ${shop.ordersTable} select * from jsonb_populate_record(null::${shop.ordersTable}, ${row}) on conflict do nothing`,
    );
  },
});
