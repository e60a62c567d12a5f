/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('run_parts', table => {
    table.comment('What runs were given and what they left, for when the cluster holds something newer; without secrets');
    table.string('cluster').notNullable().comment('Name of the cluster in the configuration');
    table.string('uid').notNullable().comment('Of the request');
    table.string('run').notNullable().comment('Id of the run, unique in its request');
    table.string('part').notNullable().comment('input or outcome');
    table.string('version').notNullable().comment('Another one where the content is to be written anew');
    table.bigInteger('saved_at').notNullable().comment('Milliseconds since 1970');
    table.integer('bytes').notNullable().comment('Length of the content as it is stored');
    table.text('content', 'longtext').notNullable().comment('JSON as gzip in base64');
    table.primary(['cluster', 'uid', 'run', 'part']);
    table.index(['saved_at'], 'run_parts_age');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('run_parts');
};
