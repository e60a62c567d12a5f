/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('kratix_known_troubles', table => {
    table.comment('Which trouble of a request its owner was told of');
    table.text('request_ref').primary().comment('Cluster, kind, namespace and name of the request');
    table.text('trouble').notNullable().comment('Phase, generation, step and container');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('kratix_known_troubles');
};
