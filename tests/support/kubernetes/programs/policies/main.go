// Policies enforces the NetworkPolicies of pods on one node: `policies KUBECONFIG NODE`. The engine is
// sigs.k8s.io/kube-network-policies. It decides about the first packet of each connection, which a rule
// of iptables hands to queue 100: `-j NFQUEUE --queue-num 100`. Its own rule is one of nftables, and is
// not accepted by a kernel without CONFIG_NFT_QUEUE; then only the one of iptables is there.
package main

import (
	"context"
	"fmt"
	"os"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: policies KUBECONFIG NODE")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "policies:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, kubeconfig, node string) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	core := factory.Core().V1()
	engine, err := networkpolicy.NewController(
		client, factory.Networking().V1().NetworkPolicies(), core.Namespaces(), core.Pods(),
		nil, nil, nil, nil, // the policies of administrators, which are another API
		// With NRIdisabled, version 0.8.0 fails on every address that belongs to no pod.
		networkpolicy.Config{NodeName: node, QueueID: 100},
	)
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	return engine.Run(ctx)
}
