output "key_arn" {
  description = "The key of the team."
  value       = aws_kms_key.main.arn
}

output "endpoints" {
  value = local.endpoints
}

output "service_roles" {
  description = "The role of each service."
  value       = { for name, service in module.service : name => service.role_arn }
}

output "service_queues" {
  value = [for service in module.service : service.queue_url]
}

output "account" {
  value = {
    id     = local.account_id
    region = data.aws_region.current.name
    zones  = local.zones
  }
}

output "summary" {
  value = <<-EOT
    Team ${local.team} in ${var.environment}
    %{~for name, service in var.services}
    ${name}: ${service.replicas} x ${service.memory} MiB
    %{~endfor}
  EOT
}
