/** Names of the example stack that the drills break (examples/jewelry-shop). */
export const shop = {
  namespace: 'jewelry-shop',
  /** Patroni's scope, the operator's resource and the primary's Service. */
  database: 'jewelry-shop-db',
  /** Database and table that hold the orders. */
  ordersDatabase: 'jewelry_shop',
  /** Orders of customers; probe orders are in a table of their own. */
  ordersTable: 'shop_order',
  poolerLabels: 'application=db-connection-pooler',
  /** The role that PgBouncer itself logs in with, and the Secret that holds its password. */
  poolerRole: 'pooler',
  poolerSecret: 'pooler.jewelry-shop-db.credentials.postgresql.acid.zalan.do',
  /** The only pod of the StatefulSet, its claim, and the folder of the append-only files on it. */
  redisPod: 'redis-0',
  redisClaim: 'data-redis-0',
  redisFolder: 'appendonlydir',
} as const;
