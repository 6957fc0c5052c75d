"""Deploys a Python program by Pulumi's Automation API, twice, and prints the outputs and what changed as JSON."""

import json
import runpy
import sys
from pulumi import automation

program, work_dir, backend, home, providers = sys.argv[1:]
stack = automation.create_or_select_stack(
    stack_name="dev",
    project_name="streams",
    program=lambda: runpy.run_path(program),
    work_dir=work_dir,
    opts=automation.LocalWorkspaceOptions(
        pulumi_home=home,
        project_settings=automation.ProjectSettings(
            name="streams", runtime="python", backend=automation.ProjectBackend(url=f"file://{backend}")
        ),
        env_vars={
            "PULUMI_CONFIG_PASSPHRASE": "languages",
            "PULUMI_DEBUG_PROVIDERS": providers,
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        },
    ),
)
stack.set_config("aws:region", automation.ConfigValue("us-east-1"))
first = stack.up()
second = stack.up()
print(
    json.dumps(
        {
            "outputs": {name: output.value for name, output in first.outputs.items()},
            "created": first.summary.resource_changes,
            "again": second.summary.resource_changes,
        }
    )
)
