package main

import (
	"github.com/guidogerb/pulumi-stream-orchestration/sdk/go/streamorchestration"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		streams, err := streamorchestration.NewStreamOrchestration(ctx, "streams", &streamorchestration.StreamOrchestrationArgs{
			Encoder: streamorchestration.EncoderArgs{
				Channels: streamorchestration.EncoderChannelArray{
					streamorchestration.EncoderChannelArgs{ChannelId: pulumi.String("1234567")},
				},
			},
			Playback: streamorchestration.PlaybackArgs{DistributionId: pulumi.String("E2QWRUHAPOMQZL")},
			OnCall: &streamorchestration.OnCallArgs{
				Emails: pulumi.StringArray{pulumi.String("on-call@example.com")},
			},
			MaxLiveHours: pulumi.Float64(6),
		})
		if err != nil {
			return err
		}
		ctx.Export("apiUrl", streams.ApiUrl)
		ctx.Export("invokePolicyJson", streams.InvokePolicyJson)
		return nil
	})
}
