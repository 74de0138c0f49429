{{/* Names and labels. Arguments: (list $ "component"). */}}

{{/* The name of an object: the release, cut so that the longest ending fits into 63 characters, and the component. */}}
{{- define "baton.name" -}}
{{- printf "%s-%s" ((index . 0).Release.Name | trunc 43 | trimSuffix "-") (index . 1) -}}
{{- end -}}

{{/* The labels by which Services, policies and the like find the pods. They never change. */}}
{{- define "baton.selector" -}}
app.kubernetes.io/name: baton
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "baton.labels" -}}
{{- $root := index . 0 -}}
{{ include "baton.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "baton.metadata" -}}
name: {{ include "baton.name" . }}
labels:
  {{- include "baton.labels" . | nindent 2 }}
{{- end -}}

{{/* (list $ "inference"): the image with its registry and tag. */}}
{{- define "baton.image" -}}
{{- $image := (index . 0).Values.image -}}
{{- $tag := $image.tag | default (index . 0).Chart.AppVersion -}}
{{- printf "%s:%s" (list $image.registry (get $image (index . 1)) | compact | join "/") $tag -}}
{{- end -}}

{{/* Argument: $. */}}
{{- define "baton.trackingUri" -}}
{{- $tracking := .Values.tracking -}}
{{- if and $tracking.trial.enabled $tracking.uri -}}
{{- fail "tracking.uri and tracking.trial.enabled are both set: choose your tracking server, or the trial one" -}}
{{- else if $tracking.trial.enabled -}}
http://{{ include "baton.name" (list . "tracking") }}:5000
{{- else -}}
{{- required "tracking.uri is not set: give the address of your MLflow tracking server, e.g. --set tracking.uri=http://mlflow.mlflow.svc:5000, or start one for a trial with --set tracking.trial.enabled=true" $tracking.uri -}}
{{- end -}}
{{- end -}}
