{{/* Rules that several policies share. */}}

{{/* (list $ "tracking"): a peer, the pods of one component of this release. */}}
{{- define "baton.componentPeer" -}}
podSelector: {matchLabels: {app.kubernetes.io/name: baton, app.kubernetes.io/instance: {{ (index . 0).Release.Name }}, app.kubernetes.io/component: {{ index . 1 }}}}
{{- end -}}

{{/* A list of names: the peers that are all pods of these namespaces. */}}
{{- define "baton.namespacePeers" -}}
{{- range . }}
- namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: {{ . }}}}
{{- end }}
{{- end -}}

{{/* Egress to DNS and to the tracking server. Argument: $. */}}
{{- define "baton.commonEgress" -}}
{{- $own := .Values.networkPolicy -}}
- ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
  {{- with $own.dnsPeers }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- if .Values.tracking.trial.enabled }}
- to:
    - {{ include "baton.componentPeer" (list . "tracking") }}
  ports: [{port: 5000}]
{{- else if not $own.tracking.peers }}
{{- fail "networkPolicy.tracking.peers is empty: say where your tracking server is, e.g. [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: mlflow}}}]" }}
{{- else }}
- to:
    {{- toYaml $own.tracking.peers | nindent 4 }}
  ports: [{port: {{ $own.tracking.port | default (include "baton.trackingPort" .) }}}]
{{- end }}
{{- end -}}

{{/* The port in tracking.uri, or else the one of its scheme. Argument: $. */}}
{{- define "baton.trackingPort" -}}
{{- $uri := urlParse .Values.tracking.uri -}}
{{- regexFind "[0-9]+$" (regexFind ":[0-9]+$" $uri.host) | default (ternary "443" "80" (eq $uri.scheme "https")) -}}
{{- end -}}

{{/* Egress to the pods of inference. Argument: $. */}}
{{- define "baton.inferenceEgress" -}}
- to:
    - {{ include "baton.componentPeer" (list . "inference") }}
  ports: [{port: 8000}]
{{- end -}}
