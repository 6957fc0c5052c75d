import guidogerb_stream_orchestration as orchestration
import pulumi

streams = orchestration.StreamOrchestration(
    "streams",
    encoder=orchestration.EncoderArgs(
        channels=[orchestration.EncoderChannelArgs(channel_id="1234567")],
    ),
    playback=orchestration.PlaybackArgs(distribution_id="E2QWRUHAPOMQZL"),
    on_call=orchestration.OnCallArgs(emails=["on-call@example.com"]),
    max_live_hours=6,
)

pulumi.export("apiUrl", streams.api_url)
pulumi.export("invokePolicyJson", streams.invoke_policy_json)
