/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('container_logs', table => {
    table.comment('Ends of the logs of containers that have ended, for when their pods are gone');
    table.string('cluster').notNullable().comment('Name of the cluster in the configuration');
    table.string('pod_uid').notNullable();
    table.string('container').notNullable();
    table.string('owner', 512).notNullable().comment('Promise, namespace and name of the request, with slashes');
    table.string('run').notNullable().comment('Name of the run, empty where the engine keeps none');
    table.string('step').notNullable();
    table.string('pod_created_at').notNullable().comment('RFC 3339; orders the attempts of a step');
    table.bigInteger('saved_at').notNullable().comment('Milliseconds since 1970');
    table.integer('bytes').notNullable().comment('Length of the content as it is stored');
    table.text('content', 'longtext').notNullable().comment('gzip in base64');
    table.primary(['cluster', 'pod_uid', 'container']);
    table.index(['cluster', 'owner'], 'container_logs_owner');
    table.index(['saved_at'], 'container_logs_age');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('container_logs');
};
