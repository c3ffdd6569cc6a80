// The service types of a standard server: the properties that all have, and those that each type adds.
import { floats, texts, unset, withDefaults, type Properties } from './property.ts';

const base: Properties = {
  ...texts(
    'scoped_name',
    'creator',
    'version',
    'description',
    'vendor',
    'operating_system',
    'report_template',
    'device_query',
    'iteration_values',
    'iteration_devices',
    'result_postprocessing',
    'preprocessing',
    'postprocessing',
    'skip_query',
    'content_match',
    'custom_labels',
    'reply_to',
    'mail_recipient',
    'report',
    'validation_section',
  ),
  ...unset('str', 'last_modified', 'last_modified_by', 'last_run'),
  ...withDefaults({
    shared: false,
    disabled: false,
    disabled_info: '',
    priority: 10,
    number_of_retries: 0,
    time_between_retries: 10,
    max_number_of_retries: 100,
    run_method: 'per_device',
    initial_payload: {},
    mandatory_parametrization: false,
    skip: {},
    skip_value: 'success',
    positions: {},
    credential_type: 'any',
    log_level: 1,
    status: 'Idle',
    negative_logic: false,
    delete_spaces_before_matching: false,
    conversion_method: 'none',
    validation_method: 'none',
    validation_condition: 'none',
    content_match_regex: false,
    dict_match: {},
    device_query_property: 'ip_address',
    iteration_variable_name: 'iteration_value',
    iteration_devices_property: 'ip_address',
    postprocessing_mode: 'success',
    send_notification: false,
    send_notification_method: 'mail',
    display_only_failed_nodes: true,
    include_device_results: true,
    include_link_in_summary: true,
    email_report: false,
    report_format: 'text',
    report_jinja2_template: false,
    maximum_runs: 1,
    multiprocessing: false,
    max_processes: 15,
    show_user_logs: true,
    trigger: '',
    update_target_pools: false,
    update_pools_after_running: false,
    waiting_time: 0,
    minimum_number_of_runs: 0,
    parameterized_form: '',
    default_access: 'creator',
  }),
};

const connection: Properties = {
  ...withDefaults({
    credentials: 'device',
    custom_username: '',
    start_new_connection: false,
    close_connection: false,
    connection_name: 'default',
    timeout_connection: 10,
  }),
  ...unset('str', 'custom_password'),
};

const netmiko: Properties = {
  ...connection,
  ...withDefaults({
    driver: 'cisco_ios',
    use_device_driver: true,
    enable_mode: true,
    config_mode: false,
    fast_cli: false,
    jump_on_connect: false,
    jump_command: '',
    jump_username: '',
    exit_command: '',
    expect_username_prompt: '',
    expect_password_prompt: '',
    expect_prompt: '',
  }),
  ...floats({ conn_timeout: 10, auth_timeout: 0, banner_timeout: 15, read_timeout: 10, global_delay_factor: 1 }),
  ...unset('str', 'jump_password'),
};

const napalm: Properties = {
  ...connection,
  ...withDefaults({ driver: 'ios', use_device_driver: true, timeout: 10, optional_args: {} }),
};

const scrapli: Properties = {
  ...connection,
  ...withDefaults({ driver: 'cisco_iosxe', use_device_driver: true, transport: 'system', is_configuration: false }),
  ...floats({ timeout_socket: 15, timeout_transport: 30, timeout_ops: 30 }),
};

const commands = withDefaults({ commands: '', interpret_commands: '', results_as_list: false, use_textfsm: false });
const backup = withDefaults({ property: 'configuration', local_path: 'network_data', regex_replace_1: '' });
const transfer = withDefaults({
  source_file: '',
  destination_file: '',
  direction: 'put',
  missing_host_key_policy: true,
});
const notification = withDefaults({ title: '', body: '', channel: '' });

/** The properties of each concrete type in addition to the shared ones. */
const own: Readonly<Record<string, Properties>> = {
  service: {},
  workflow: withDefaults({ labels: {}, category: '', close_connection: false }),
  placeholder_service: {},
  napalm_configuration_service: { ...napalm, ...withDefaults({ action: 'load_merge_candidate', content: '' }) },
  napalm_rollback_service: napalm,
  netmiko_configuration_service: { ...netmiko, ...withDefaults({ content: '', commit_configuration: false }) },
  napalm_backup_service: { ...napalm, ...backup, ...withDefaults({ getters: [] }) },
  netmiko_backup_service: { ...netmiko, ...backup, ...commands },
  scrapli_backup_service: { ...scrapli, ...backup, ...commands },
  napalm_getters_service: { ...napalm, ...withDefaults({ getters: [] }) },
  netmiko_commands_service: { ...netmiko, ...commands },
  netmiko_prompts_service: { ...netmiko, ...withDefaults({ command: '', confirmation1: '', response1: '' }) },
  scrapli_service: { ...scrapli, ...commands },
  configure_bgp_service: { ...napalm, ...withDefaults({ local_as: 0, loopback: '', neighbor_ip: '', remote_as: 0 }) },
  example_service: withDefaults({ string1: '', boolean1: false, dict: {}, multiple_select: [] }),
  generic_file_transfer_service: { ...transfer, ...withDefaults({ protocol: 'scp', look_for_keys: false }) },
  netmiko_file_transfer_service: {
    ...netmiko,
    ...transfer,
    ...withDefaults({ file_system: '', overwrite_file: false }),
  },
  ansible_playbook_service: withDefaults({
    playbook_path: '',
    arguments: '',
    options: {},
    pass_device_properties: false,
  }),
  git_service: withDefaults({ git_repository: '', actions: [], commit_message: '' }),
  rest_call_service: {
    ...withDefaults({
      call_type: 'GET',
      rest_url: '',
      payload: {},
      params: {},
      headers: {},
      username: '',
      timeout: 15,
    }),
    ...unset('str', 'password'),
  },
  swiss_army_knife_service: {},
  topology_import_service: {
    ...withDefaults({
      import_type: 'netbox',
      netbox_address: 'http://0.0.0.0:8000',
      opennms_address: '',
      opennms_login: '',
      librenms_address: '',
    }),
    ...unset('str', 'netbox_token', 'opennms_password', 'librenms_token'),
  },
  netconf_service: { ...connection, ...withDefaults({ nc_type: 'get_config', xml_filter: '', target: 'running' }) },
  scrapli_netconf_service: {
    ...scrapli,
    ...withDefaults({ command: 'get_config', content: '', strip_namespaces: false }),
  },
  napalm_ping_service: { ...napalm, ...withDefaults({ count: 5, packet_size: 100, destination_ip: '', ttl: 255 }) },
  napalm_traceroute_service: { ...napalm, ...withDefaults({ destination_ip: '', source_ip: '', ttl: 255 }) },
  ping_service: withDefaults({ protocol: 'ICMP', ports: '22', count: 5, packet_size: 56, ttl: 60, timeout: 2 }),
  mail_notification_service: withDefaults({ title: '', sender: '', recipients: '', body: '' }),
  mattermost_notification_service: notification,
  slack_notification_service: { ...notification, ...withDefaults({ token: '' }) },
  unix_command_service: withDefaults({ command: '', approved_by_admin: true }),
  unix_shell_script_service: { ...netmiko, ...withDefaults({ source_code: '' }) },
  data_extraction_service: withDefaults({ variable1: '', query1: '', match_type1: 'none', match1: '' }),
  data_processing_service: withDefaults({ conversion_query: '', text_processing: '' }),
  data_validation_service: withDefaults({ query: '' }),
  python_snippet_service: withDefaults({ source_code: '' }),
};

export const serviceKinds: Readonly<Record<string, Properties>> = Object.fromEntries(
  Object.entries(own).map(([type, properties]) => [type, { ...base, ...properties }]),
);
