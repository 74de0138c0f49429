{{/* (list $ COMMAND ARGUMENTS): the template of a pod that trains. Without a command it runs `baton`. */}}
{{- define "baton.trainerPod" -}}
{{- $root := index . 0 -}}
{{- $own := $root.Values.trainer -}}
metadata:
  {{- include "baton.podMetadata" (list $root "trainer" $own) | nindent 2 }}
spec:
  {{- include "baton.podSpec" (list $root $own) | nindent 2 }}
  restartPolicy: Never
  containers:
    - name: trainer
      {{- include "baton.container" (list $root "trainer") | nindent 6 }}
      {{- with index . 1 }}
      command: {{ toJson . }}
      {{- end }}
      args: {{ toJson (index . 2) }}
      env:
        {{- include "baton.environment" (dict "settings" (include "baton.trainerSettings" $root | fromYaml) "extra" $own.extraEnv) | trim | nindent 8 }}
      resources:
        {{- toYaml $own.resources | nindent 8 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- if $own.config }}
        - {name: config, mountPath: /etc/baton, readOnly: true}
        {{- end }}
        {{- if $own.dataClaim }}
        - {name: data, mountPath: /data, readOnly: true}
        {{- end }}
        {{- with $own.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - {name: tmp, emptyDir: {sizeLimit: 2Gi}}
    {{- if $own.config }}
    - {name: config, configMap: {name: {{ include "baton.name" (list $root "train") }}}}
    {{- end }}
    {{- if $own.dataClaim }}
    - {name: data, persistentVolumeClaim: {claimName: {{ $own.dataClaim }}, readOnly: true}}
    {{- end }}
    {{- with $own.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "baton.trainerSettings" -}}
{{- $secret := .Values.secrets.trainer -}}
{{ include "baton.commandSettings" (list . $secret "train") }}
{{- include "baton.optionalKeys" (dict "secret" $secret "keys" (dict
  "BATON_SIGNING_KEY" "signing-key"
  "BATON_WEBHOOK_SECRET" "webhook-secret")) }}
{{- end -}}

{{/* The option that names baton.toml, as a list in JSON. Argument: $. */}}
{{- define "baton.configOption" -}}
{{- if .Values.trainer.config }}["--config", "/etc/baton/baton.toml"]{{ else }}[]{{ end -}}
{{- end -}}
