terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.keys]
    }
  }
}

variable "tags" {
  type = map(string)
}

module "key" {
  source = "./key"

  tags = merge({ Team = "shop" }, var.tags)

  providers = {
    aws = aws.keys
  }
}
