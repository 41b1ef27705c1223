data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  team   = "TEAM"
  prefix = "${local.team}-${var.environment}"

  account_id = data.aws_caller_identity.current.account_id
  zones      = slice(data.aws_availability_zones.available.names, 0, 3)

  tags = {
    Team        = local.team
    Environment = var.environment
    ManagedBy   = "terraform"
    CostCenter  = format("cc-%s", upper(local.team))
  }

  public_services = { for name, service in var.services : name => service if service.public }
  total_memory    = sum([for service in values(var.services) : service.memory * service.replicas])

  # Prod keeps more than the others.
  retention_days = var.environment == "prod" ? 365 : 30
  ports          = { http = 80, https = 443, health = 8081 }
  endpoints      = [for name in sort(keys(local.public_services)) : "https://${name}.${local.team}.example.com"]
}
