variable "region" {
  description = "Where everything is that has a place."
  type        = string
  default     = "eu-west-1"
}

variable "replica_region" {
  description = "Where the copies are."
  type        = string
  default     = "eu-central-1"
}

variable "environment" {
  description = "One of dev, test and prod."
  type        = string
  default     = "prod"

  validation {
    condition     = contains(["dev", "test", "prod"], var.environment)
    error_message = "The environment must be dev, test or prod."
  }
}

variable "vpc_id" {
  description = "The network of the team."
  type        = string
}

variable "subnet_ids" {
  description = "The private subnets, one in each zone."
  type        = list(string)
  default     = []
}

variable "services" {
  description = "What runs, and how much of it."
  type = map(object({
    cpu      = number
    memory   = number
    replicas = optional(number, 2)
    public   = optional(bool, false)
  }))
  default = {
    api    = { cpu = 256, memory = 512, public = true }
    worker = { cpu = 512, memory = 1024, replicas = 4 }
  }
}

variable "alarm_emails" {
  type    = set(string)
  default = ["TEAM@example.com"]
}

variable "with_archive" {
  description = "Whether old objects are kept for years."
  type        = bool
  default     = true
}
